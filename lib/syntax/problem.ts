// How a reader of text says what is wrong: it throws, and whoever knows part and line (parts.ts) adds where.
import type { Source } from '../model/declaration';
import { printSource } from '../model/declaration';
import type { Problem } from '../model/errors';
import { InvalidInput } from '../model/errors';

/** Refuses what was given; `what` says what is wrong, in one sentence without a final period. */
export function refuse(
  code: string,
  what: string,
  more: Omit<Problem, 'code' | 'what'> & { readonly fix: string },
): never {
  throw new InvalidInput([{ code, what, ...more }]);
}

/** The problem with its place: what was given is the line as it was written, where the problem does not say more. */
export function placedProblem(problem: Problem, source: Source): Problem {
  return { given: source.text.trim(), ...problem, at: printSource(source), part: source.part };
}
