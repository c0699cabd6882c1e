// The first seed of random tests. Titles and failures print the seed; GATEWRIGHT_SEED repeats a run.

/** Another one at each run, unless it is given. */
export const FIRST_SEED = Number(process.env['GATEWRIGHT_SEED'] ?? Date.now() % 1_000_000);

/** As many seeds from the first on. */
export function seeds(count: number, first = FIRST_SEED): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
