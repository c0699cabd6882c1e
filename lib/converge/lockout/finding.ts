// What the checks of lockout found, and how it is told: an error that stops a plan, or a note beside it. Used by check-lockout.ts.
import { printSource } from '../../model/declaration';
import type { Problem } from '../../model/errors';
import { printProblem } from '../../model/errors';
import type { Note } from '../engine';
import type { Blame } from './blame';

/** One visitor who would not get in, or of whom it cannot be told. */
export interface Finding {
  readonly kind: 'lockout' | 'doubt';
  /** One sentence without its end. */
  readonly summary: string;
  /** Lines `word: text` that say what would happen to which packet. */
  readonly lines: readonly string[];
  readonly blame?: Blame;
  readonly fix: string;
}

/** For an error. */
export function toProblem({ summary, lines, blame, fix }: Finding): Problem {
  const { line, source } = blame ?? {};
  const given = source?.text.trim() ?? line;
  return {
    code: 'lockout',
    what: [summary, ...lines, ...(blame === undefined ? [] : [BLAMED[blame.kind]])].join('\n'),
    ...(source === undefined ? {} : { at: printSource(source), part: source.part }),
    ...(given === undefined ? {} : { given }),
    fix,
  };
}

/** For a warning. */
export function toNote(finding: Finding): Note {
  const { what, part, ...rest } = toProblem(finding);
  const [summary = '', ...more] = what.split('\n');
  // The part that a removed line stood in may be gone with it.
  const isThere = part !== undefined && finding.blame?.kind !== 'removed';
  return {
    summary,
    detail: printProblem({ ...rest, what: more.join('\n') }).trim(),
    ...(isThere ? { part } : {}),
  };
}

const BLAMED: Readonly<Record<Blame['kind'], string>> = {
  new: 'because of a line that is new:',
  removed: 'because of a line that is left out now:',
  standing: 'because of a line that stands there already, and now decides:',
};
