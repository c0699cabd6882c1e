// The command lines of the notes that the project was made from, as cases: used by the unit tests and by those with a real kernel.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SeedCase {
  /** `003, line 32`. */
  readonly name: string;
  /** As it stands in the seed, continuations included. */
  readonly given: string;
  readonly printed: readonly string[];
  /** `code: what -> what to do`. */
  readonly problems: readonly string[];
}

const FOLDER = join(__dirname, '../cases/seeds');

/** Blocks of lines: `#` where it stands, the given lines, then `=` lines for what is printed and `!` lines for errors. */
export function readSeedCases(): SeedCase[] {
  return readdirSync(FOLDER)
    .sort()
    .flatMap((file) => {
      const [, ...blocks] = readFileSync(join(FOLDER, file), 'utf8').trimEnd().split('\n\n');
      return blocks.map((block) => readCase(file.replace('.lines', ''), block));
    });
}

function readCase(seed: string, block: string): SeedCase {
  const [where = '', ...lines] = block.split('\n');
  const isResult = (line: string): boolean => /^(= |! [a-z-]+: )/.test(line);
  const marked = (mark: string): string[] =>
    lines.filter((line) => isResult(line) && line.startsWith(mark)).map((line) => line.slice(2));
  return {
    name: `${seed}, ${where.slice(2)}`,
    given: lines.filter((line) => !isResult(line)).join('\n'),
    printed: marked('='),
    problems: marked('!'),
  };
}
