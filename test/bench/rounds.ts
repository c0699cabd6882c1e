// Times several ways of doing a thing in turn, A B C A B C …, so that a machine whose speed drifts is fair to all.
import type { Operation, Subject } from './rows';
import type { Variant } from './stacks';

/** One thing that is timed. */
export interface Step {
  readonly subject: Subject;
  readonly operation: Operation;
  /** What has to be so before, and takes no part in the time. @default - nothing */
  readonly prepare?: () => Promise<void>;
  readonly run: () => Promise<unknown>;
}

export type Steps = readonly Step[];

/** A step several times in a row. */
export function repeated(times: number, step: Step): Steps {
  return Array.from({ length: times }, () => step);
}

/** The one change and its taking back, in turn: an odd number of times, so that it is there at the end. */
export function thereAndBack(times: number, stepTo: (variant: Variant) => Step): Steps {
  return Array.from({ length: times }, (_, turn) => stepTo(turn % 2 === 0 ? 'after' : 'before'));
}

/** Told how long a step took. */
export type Clocked = (step: Step, milliseconds: number) => void;

/** Every step of every contestant once. */
export async function runInTurn(contestants: readonly Steps[], clocked: Clocked): Promise<void> {
  for (const step of contestants.flat()) {
    await step.prepare?.();
    const start = performance.now();
    await step.run();
    clocked(step, performance.now() - start);
  }
}
