// Command lines as cases, with what they print or why they are refused: read from files by unit tests and by those with a real kernel.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Problem } from '../../lib/model/errors';

export interface LineCase {
  /** `003, line 32`. */
  readonly name: string;
  /** As it was written, continuations included. */
  readonly given: string;
  readonly printed: readonly string[];
  /** As `printRefusal` gives them. */
  readonly problems: readonly string[];
}

const ROOT = join(__dirname, '../..');

/** The command lines of the notes that the project was made from. */
export function readSeedCases(): LineCase[] {
  const folder = 'test/cases/seeds';
  return readdirSync(join(ROOT, folder))
    .sort()
    .flatMap((file) => readLineCases(`${folder}/${file}`));
}

/** Blocks of lines: `#` what it is or where it stands, the given lines, then `=` lines for what is printed and `!` lines for errors. */
export function readLineCases(file: string): LineCase[] {
  const [, ...blocks] = readFileSync(join(ROOT, file), 'utf8').trimEnd().split('\n\n');
  const title = basename(file, '.lines');
  return blocks.map((block) => readCase(title, block));
}

export function printRefusal({ code, what, fix = '' }: Problem): string {
  return `${code}: ${what} -> ${fix}`;
}

function readCase(title: string, block: string): LineCase {
  const [where = '', ...lines] = block.split('\n');
  const isResult = (line: string): boolean => /^(= |! [a-z-]+: )/.test(line);
  const marked = (mark: string): string[] =>
    lines.filter((line) => isResult(line) && line.startsWith(mark)).map((line) => line.slice(2));
  return {
    name: `${title}, ${where.slice(2)}`,
    given: lines.filter((line) => !isResult(line)).join('\n'),
    printed: marked('='),
    problems: marked('!'),
  };
}
