// Reads parts: the lines of each tool become declarations with their source; used by validation, planning and refresh.
import { sortedByBytes } from '../model/byte-order';
import type { Declaration, Declared, Parts, Source } from '../model/declaration';
import type { Problem } from '../model/errors';
import { InvalidInput } from '../model/errors';
import { resolveMembers } from './ipset/resolve-members';
import { placedProblem, refuse } from './problem';
import { readCommand } from './tools';
import type { LogicalLine } from './words';
import { splitLines } from './words';

/** One logical line: none declared for a blank line, a comment and a line with a problem; several where `-s a,b` expands. */
export interface PartLine {
  /** Its `text` is what was written, so that a refresh can drop or replace single lines and keep the others as they are. */
  readonly source: Source;
  readonly declared: readonly Declaration[];
}

/** A part, line by line. The texts of the lines joined by newlines, plus the last newline of `text`, are `text`. */
export interface PartLines {
  readonly name: string;
  readonly text: string;
  readonly lines: readonly PartLine[];
  readonly problems: readonly Problem[];
}

/** All parts, in byte order of their names: what they declare, and every problem in them. `read`: `parsePart`, or one that remembers. */
export function parseParts(
  parts: Parts,
  read: typeof parsePart = parsePart,
): {
  readonly declared: readonly Declared[];
  readonly problems: readonly Problem[];
} {
  const declared: Declared[] = [];
  const problems: Problem[] = [];
  for (const name of sortedByBytes(Object.keys(parts))) {
    if (name.startsWith('~')) {
      problems.push(reservedName(name));
      continue;
    }
    const part = read(name, parts[name] ?? '');
    problems.push(...part.problems);
    for (const line of part.lines) {
      for (const declaration of line.declared) declared.push({ declaration, source: line.source });
    }
  }
  const resolved = resolveMembers(declared);
  return { declared: resolved.declared, problems: [...problems, ...resolved.problems] };
}

/**
 * One part, whatever its name. A line with a problem declares nothing; the others still do. Members of sets are as they were
 * given: what they mean hangs on their set, which another part may declare.
 */
export function parsePart(name: string, text: string): PartLines {
  const problems: Problem[] = [];
  const lines = splitLines(text).map((line): PartLine => {
    const source: Source = { part: name, line: line.line, text: line.text };
    try {
      return { source, declared: readLine(line) };
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      problems.push(...error.problems.map((problem) => placedProblem(problem, source)));
      return { source, declared: [] };
    }
  });
  return { name, text, lines, problems };
}

function readLine({ text, words, problem }: LogicalLine): readonly Declaration[] {
  if (problem !== undefined) throw new InvalidInput([problem]);
  if (!PRINTABLE.test(text)) for (const word of words) refuseControlCharacters(word);
  return words.length === 0 ? [] : readCommand(words);
}

/** Told at once of most lines. */
const PRINTABLE = /^[ -~]*$/;

/** None of the tools can save and restore them; a carriage return is what a file from Windows leaves at its line ends. */
function refuseControlCharacters(word: string): void {
  const found = /\p{Cc}/u.exec(word);
  if (found === null) return;
  refuse('control-character', 'the line holds a control character', {
    given: JSON.stringify(word),
    allowed: 'printable text',
    fix: found[0] === '\r' ? 'save the file with LF line ends' : 'leave the character out',
  });
}

function reservedName(name: string): Problem {
  return {
    code: 'reserved-part-name',
    what: 'keys that begin with ~ are ours: only a refresh writes them, to show what is on the host and not declared',
    at: `part "${name}"`,
    given: name,
    allowed: 'any name that does not begin with ~',
    fix: 'rename the part, or leave it out',
    part: name,
  };
}
