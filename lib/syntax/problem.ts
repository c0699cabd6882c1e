// How a reader of text says what is wrong: it throws, and whoever knows part and line (parts.ts) adds where.
import type { Problem } from '../model/errors';
import { InvalidInput } from '../model/errors';

/** Refuses what was given; `what` says what is wrong, in one sentence without a final period. */
export function refuse(code: string, what: string, more: Omit<Problem, 'code' | 'what'> = {}): never {
  throw new InvalidInput([{ code, what, ...more }]);
}

/** Runs `read` and gives back its problems as values; any other error goes on its way. */
export function problemsOf(read: () => void): readonly Problem[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems;
    throw error;
  }
}
