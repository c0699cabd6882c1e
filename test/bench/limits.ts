// The limits that the benchmark holds Gatewright to: each a ratio within one run, so that no machine is too slow for it. Pure.
import type { IptablesBackend } from '../../lib/lab/spec';
import { findRow } from './rows';
import type { Operation, Row, Subject, Unit } from './rows';
import type { SizeName } from './sizes';

export type Outcome = 'held' | 'NOT HELD' | 'not measured';

/** A limit beside what was measured. */
export interface Verdict {
  readonly backend: IptablesBackend;
  readonly what: string;
  readonly size: SizeName | 'none';
  readonly unit: string;
  /** Absent where it was not measured. */
  readonly measured?: number;
  /** Absent where what it is made of was not measured. */
  readonly limit?: number;
  /** What the limit is made of. */
  readonly because: string;
  readonly outcome: Outcome;
}

/** Medians to be added up: so many times this of that. */
interface Term {
  readonly factor: number;
  readonly subject: Subject;
  readonly operation: Operation;
  /** @default - the limit's own */
  readonly size?: 'none';
}

interface Limit {
  readonly what: string;
  readonly size: SizeName | 'none';
  readonly operation: Operation | 'any';
  readonly unit: Unit;
  /** Sums of medians in milliseconds, or a number. */
  readonly atMost: readonly Term[] | number;
}

const term = (factor: number, subject: Subject, operation: Operation): Term => ({
  ...{ factor, subject, operation },
});
const NODE = { subject: 'node', operation: 'start', size: 'none' } as const;
const CHANGE_OF_5000 = [term(2, 'floor', 'plan-unchanged'), term(4, 'raw', 'save')];
const LARGE = { size: '5000x3', unit: 'ms' } as const;

/** In the order of the tables. */
export const LIMITS: readonly Limit[] = [
  {
    what: 'plan, nothing to change',
    ...{ size: '10x2', operation: 'plan-unchanged', unit: 'ms' },
    atMost: [term(1, 'empty', 'plan-unchanged'), term(2, 'raw', 'save')],
  },
  {
    what: 'launch of the provider to its handshake',
    ...{ size: 'none', operation: 'start', unit: 'ms' },
    atMost: [{ factor: 2, ...NODE }],
  },
  {
    ...{ ...LARGE, what: 'plan, nothing to change', operation: 'plan-unchanged' },
    atMost: [term(1, 'floor', 'plan-unchanged'), term(3, 'raw', 'save')],
  },
  {
    ...{ ...LARGE, what: 'plan, nothing to change', operation: 'plan-unchanged' },
    atMost: [term(1, 'iptables_state', 'plan-unchanged')],
  },
  {
    what: 'apply of one endpoint',
    ...{ size: '100x3', operation: 'apply-one', unit: 'ms' },
    atMost: [term(1, 'ansible-copy', 'apply-one')],
  },
  { ...{ ...LARGE, what: 'apply of one endpoint', operation: 'apply-one' }, atMost: CHANGE_OF_5000 },
  {
    ...{ ...LARGE, what: 'of that, our own part', operation: 'apply-one', unit: 'ms-own-part' },
    atMost: [term(3, 'raw', 'repair-one')],
  },
  {
    ...{ ...LARGE, what: 'first apply', operation: 'apply-first' },
    atMost: [term(1, 'floor', 'apply-first'), term(3, 'ansible-copy', 'apply-first')],
  },
  { ...{ ...LARGE, what: 'repair of one rule', operation: 'repair-one' }, atMost: CHANGE_OF_5000 },
  {
    what: 'plan, one member more of 100,000',
    ...{ size: 'set-100000', operation: 'plan-one', unit: 'ms' },
    atMost: [term(1, 'floor', 'plan-one'), term(3, 'raw', 'save')],
  },
  {
    what: 'plan of 50 hosts',
    ...{ size: '50x10x2', operation: 'plan-unchanged', unit: 'ms' },
    atMost: [term(1, 'floor', 'plan-unchanged'), term(1.5, 'raw', 'save')],
  },
  { ...{ ...LARGE, what: 'synthesis', operation: 'synth' }, atMost: [{ factor: 20, ...NODE }] },
  {
    ...{ ...LARGE, what: "the provider's peak memory", operation: 'any', unit: 'MiB' },
    atMost: 400,
  },
  {
    ...{ ...LARGE, what: 'lines sent for one endpoint', operation: 'apply-one', unit: 'lines' },
    atMost: 49,
  },
];

/** Judges the limits of all sizes in `sizes`. */
export function judge(rows: readonly Row[], backend: IptablesBackend, sizes: readonly SizeName[]): Verdict[] {
  const measuredSizes: readonly string[] = ['none', ...sizes];
  return LIMITS.filter(({ size }) => measuredSizes.includes(size)).map((limit) => {
    const { what, size, unit } = limit;
    const measured = measuredOf(rows, backend, limit);
    const { most, because } = boundOf(rows, backend, limit);
    const told = { backend, what, size, unit: unit === 'ms-own-part' ? 'ms' : unit, because };
    if (measured === undefined || most === undefined) {
      return {
        ...told,
        ...(measured === undefined ? {} : { measured }),
        ...(most === undefined ? {} : { limit: most }),
        outcome: 'not measured',
      };
    }
    return { ...told, measured, limit: most, outcome: measured <= most ? 'held' : 'NOT HELD' };
  });
}

/** What was not measured is not held either. */
export function allHeld(verdicts: readonly Verdict[]): boolean {
  return verdicts.every(({ outcome }) => outcome === 'held');
}

function measuredOf(
  rows: readonly Row[],
  backend: IptablesBackend,
  { size, operation, unit }: Limit,
): number | undefined {
  if (operation !== 'any') {
    return findRow(rows, { backend, size, operation, subject: 'gatewright', unit })?.median;
  }
  const peaks = rows.filter(
    (row) =>
      row.backend === backend && row.size === size && row.subject === 'gatewright' && row.unit === unit,
  );
  return peaks.length === 0 ? undefined : Math.max(...peaks.map(({ max }) => max));
}

function boundOf(
  rows: readonly Row[],
  backend: IptablesBackend,
  { size: own, atMost }: Limit,
): { readonly most: number | undefined; readonly because: string } {
  if (typeof atMost === 'number') return { most: atMost, because: 'a fixed number' };
  const parts = atMost.map(({ factor, subject, operation, size = own }) => {
    const median = findRow(rows, { backend, size, operation, subject, unit: 'ms' })?.median;
    const shown = median === undefined ? 'not measured' : median.toFixed(0);
    const times = factor === 1 ? '' : `${factor} x `;
    return {
      value: median === undefined ? undefined : factor * median,
      text: `${times}${subject} ${operation} (${shown})`,
    };
  });
  const most = parts.reduce<number | undefined>(
    (sum, { value }) => (sum === undefined || value === undefined ? undefined : sum + value),
    0,
  );
  return { most, because: parts.map(({ text }) => text).join(' + ') };
}
