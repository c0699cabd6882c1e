// All that a run of the benchmark found, as the reports print it.
import type { Verdict } from './limits';
import type { Machine } from './machine';
import type { Row } from './rows';

export interface Report {
  readonly rows: readonly Row[];
  readonly verdicts: readonly Verdict[];
  readonly machine: Machine;
  /** `2026-01-31` */
  readonly date: string;
  /** How long the run took. */
  readonly minutes: number;
  /** What was typed. */
  readonly call: string;
}
