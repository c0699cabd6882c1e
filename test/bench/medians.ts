// Times several ways of doing a thing in turn, A B C A B C …, so that a machine whose speed drifts is fair to all. Used by bench.ts.

export interface Contestant {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

/** Milliseconds by name, the median of `rounds`; one round before them does not count. */
export async function medians(
  contestants: readonly Contestant[],
  rounds: number,
): Promise<Map<string, number>> {
  const times = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, run } of contestants) {
      const start = performance.now();
      await run();
      if (round > 0) times.get(name)?.push(performance.now() - start);
    }
  }
  return new Map([...times].map(([name, all]) => [name, median(all)]));
}

export function median(all: readonly number[]): number {
  const sorted = [...all].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
