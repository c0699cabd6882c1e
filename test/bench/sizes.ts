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
  /** Timed rounds: how often everything is done. */
  readonly rounds: number;
  /** How often each round looks (plan, save) where nothing changes: where rounds are dear, looks make up for them. */
  readonly looks: number;
  /** How often each round applies the one change, there and back: an odd number. */
  readonly applies: number;
  /** Seconds that a round is thought to take: for the progress bar alone. */
  readonly roundSeconds: number;
  /** Seconds of the cycle with counters, likewise. */
  readonly countedSeconds: number;
}

const ROUNDS = { rounds: 5, looks: 1, applies: 1 };
/** Where a first apply is dear, it is made once, and what the limits ask for often. */
const ONE_ROUND = { rounds: 1, looks: 3, applies: 1 };
const QUICK_ROUNDS = { rounds: 2, looks: 3 };
const ONE_HOST = { hosts: 1, members: 0 };

export const SIZES: readonly Size[] = [
  {
    ...{ ...ONE_HOST, ...ROUNDS, name: '10x2', services: 10, endpoints: 2 },
    ...{ roundSeconds: 12, countedSeconds: 6 },
  },
  {
    ...{ ...ONE_HOST, ...ROUNDS, name: '100x3', services: 100, endpoints: 3 },
    ...{ roundSeconds: 14, countedSeconds: 8 },
  },
  {
    ...{ ...ONE_HOST, ...ONE_ROUND, name: '1000x3', services: 1000, endpoints: 3, looks: 2 },
    ...{ roundSeconds: 35, countedSeconds: 21 },
  },
  {
    ...{ ...ONE_HOST, ...ONE_ROUND, name: '5000x3', services: 5000, endpoints: 3, looks: 5, applies: 3 },
    ...{ roundSeconds: 200, countedSeconds: 66 },
  },
  {
    ...{ ...ONE_ROUND, name: 'set-100000', hosts: 1, services: 0, endpoints: 0, members: 100_000 },
    ...{ roundSeconds: 70, countedSeconds: 45 },
  },
  {
    ...{ ...ONE_ROUND, name: '50x10x2', hosts: 50, services: 10, endpoints: 2, members: 0 },
    ...{ roundSeconds: 50, countedSeconds: 48 },
  },
];

/** How often each round plans the one change: a limit asks for it of the set alone. */
export function looksAtChange({ members, looks }: Size): number {
  return members > 0 ? looks : 1;
}

/** How much one call of the benchmark does. */
export interface Extent {
  readonly sizes: readonly Size[];
  /** Of the start of the provider, which is short. */
  readonly starts: number;
  /** In how many rounds ansible.builtin.iptables, a tenth of a second for each rule, takes part. */
  readonly singleRuleRounds: number;
}

export const FULL: Extent = { sizes: SIZES, starts: 21, singleRuleRounds: 1 };

/** What a change of the code is tried on. */
export const QUICK: Extent = {
  ...FULL,
  sizes: SIZES.filter(({ name }) => name === '10x2' || name === '100x3').map((size) => ({
    ...{ ...size, ...QUICK_ROUNDS },
    // A limit asks for that of 100x3 alone.
    applies: size.name === '100x3' ? 3 : 1,
    roundSeconds: 2 * size.roundSeconds,
  })),
  starts: 9,
  singleRuleRounds: 0,
};

/** Seconds that the stacks of a size are thought to take, for the progress bar alone. */
export const PREPARATION_SECONDS = 5;
