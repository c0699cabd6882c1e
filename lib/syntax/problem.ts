// How a reader of text says what is wrong: it throws, and whoever knows part and line (parts.ts) adds where.
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
