// Random numbers that a seed repeats. Used by tests that try what nobody thought of.

/** From 0 to 1, the next at each call. */
export type Random = () => number;

/** A small generator (the one known as mulberry32). */
export function fromSeed(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of them. */
export function oneOf<T>(random: Random, values: readonly T[]): T {
  const value = values[Math.floor(random() * values.length)] ?? values[0];
  if (value === undefined) throw new Error('nothing to choose from');
  return value;
}
