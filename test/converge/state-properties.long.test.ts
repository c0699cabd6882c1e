// Random pairs of states over every subsystem, on the host in memory; those on real hosts are in test/hosts/.
import { setImmediate as breathe } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { tryCell } from '../run/reliability';
import { FIRST_SEED, seeds } from '../run/seed';
import { tryFakePair } from './fake-stage';

const COUNT = 640;
/** So many, that a failure names one of them. */
const CHUNK = 80;

test.each(seeds(COUNT / CHUNK, 0))('pairs of states, chunk %d', async (chunk) => {
  const first = FIRST_SEED + chunk * CHUNK;
  await tryCell(
    { suite: 'Random pairs of states', cell: `host in memory, chunk ${chunk + 1} of ${COUNT / CHUNK}` },
    async () => {
      let [lines, refused] = [0, 0];
      for (const seed of seeds(CHUNK, first)) {
        // A host in memory never waits: vitest would hear nothing of this process for minutes.
        await breathe();
        const counts = await tryFakePair(seed);
        lines += counts.lines;
        refused += counts.refused.length;
      }
      expect(refused, 'lines that the host refuses').toBeLessThan(lines / 20);
      return { seed: first, pairs: CHUNK, lines, 'lines refused': refused };
    },
  );
});
