// The words and the rows of the benchmark's result: who did what, on which backend, at which size. Used all over test/bench.
import type { IptablesBackend } from '../../lib/lab/spec';
import type { SizeName } from './sizes';
import type { Summary } from './statistics';

/** In the order of the tables. `floor` is one built-in terraform_data with the same parts; `raw` is ssh and iptables alone. */
export const SUBJECTS = [
  'gatewright',
  'empty',
  'floor',
  'raw',
  'ansible-copy',
  'iptables_state',
  'builtin.iptables',
  'node',
] as const;
export type Subject = (typeof SUBJECTS)[number];

/** In the order of the tables. */
export const OPERATIONS = [
  'start',
  'synth',
  'plan-unchanged',
  'plan-one',
  'apply-first',
  'apply-one',
  'repair-one',
  'destroy',
  'save',
  'restore',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/**
 * `ms` is wall-clock time; `ms-own-part` what of an apply the provider itself spends on the host. `MiB` is the provider's
 * greatest resident memory, `MiB-terraform` Terraform's. `bytes`, `connections` and `round-trips` are those of SSH;
 * `lines` the lines of iptables-restore that an apply sends.
 */
export const UNITS = [
  'ms',
  'ms-own-part',
  'MiB',
  'MiB-terraform',
  'bytes',
  'connections',
  'round-trips',
  'lines',
] as const;
export type Unit = (typeof UNITS)[number];

/** What a row is about. */
export interface RowKey {
  readonly backend: IptablesBackend;
  /** `none`: what knows of no services, such as a start. */
  readonly size: SizeName | 'none';
  readonly operation: Operation;
  readonly subject: Subject;
  readonly unit: Unit;
}

/** A row of bench.json. */
export interface Row extends RowKey, Summary {}

/** The row about this, if it was measured. */
export function findRow(rows: readonly Row[], key: RowKey): Row | undefined {
  const wanted = printKey(key);
  return rows.find((row) => printKey(row) === wanted);
}

/** The same text for the same key. */
export function printKey({ backend, size, operation, subject, unit }: RowKey): string {
  return [backend, size, operation, subject, unit].join(' ');
}
