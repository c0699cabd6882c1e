// How large a stack the benchmark makes, and how often it does what with it. Used by bench.ts and the reports.

export const SIZE_NAMES = ['10x2', '100x3', '1000x3', '5000x3', 'set-100000', '50x10x2'] as const;
export type SizeName = (typeof SIZE_NAMES)[number];

export interface Size {
  readonly name: SizeName;
  readonly hosts: number;
  readonly services: number;
  /** Of each service. */
  readonly endpoints: number;
  /** Of one set. */
  readonly members: number;
  /** Seconds that a round is thought to take: for the progress bar alone. */
  readonly roundSeconds: number;
  /** Seconds of a counted cycle, likewise. */
  readonly cycleSeconds: number;
}

const ONE_HOST = { hosts: 1, members: 0 };

export const SIZES: readonly Size[] = [
  { ...ONE_HOST, name: '10x2', services: 10, endpoints: 2, roundSeconds: 12, cycleSeconds: 7 },
  { ...ONE_HOST, name: '100x3', services: 100, endpoints: 3, roundSeconds: 15, cycleSeconds: 8 },
  { ...ONE_HOST, name: '1000x3', services: 1000, endpoints: 3, roundSeconds: 25, cycleSeconds: 14 },
  { ...ONE_HOST, name: '5000x3', services: 5000, endpoints: 3, roundSeconds: 70, cycleSeconds: 40 },
  {
    ...{ name: 'set-100000', hosts: 1, services: 0, endpoints: 0, members: 100_000 },
    ...{ roundSeconds: 25, cycleSeconds: 14 },
  },
  {
    ...{ name: '50x10x2', hosts: 50, services: 10, endpoints: 2, members: 0 },
    ...{ roundSeconds: 60, cycleSeconds: 40 },
  },
];

/** How much one call of the benchmark does. */
export interface Extent {
  readonly sizes: readonly Size[];
  /** Timed runs of each operation. */
  readonly rounds: number;
  /** Runs with everything counted that a plain run leaves alone. */
  readonly countedCycles: number;
  /** Of the start of the provider, which is short. */
  readonly starts: number;
  /** Whether ansible.builtin.iptables, a tenth of a second for each rule, takes part. */
  readonly withSingleRules: boolean;
}

const ROUNDS = 5;
const STARTS = 21;

export const FULL: Extent = {
  ...{ sizes: SIZES, rounds: ROUNDS, countedCycles: 1, starts: STARTS, withSingleRules: true },
};

/** What a change of the code is tried on. */
export const QUICK: Extent = {
  ...FULL,
  sizes: SIZES.filter(({ name }) => name === '10x2' || name === '100x3'),
  countedCycles: 1,
  withSingleRules: false,
};
