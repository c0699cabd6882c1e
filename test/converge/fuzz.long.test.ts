// 10,000 damaged parts and readings: an error of ours or the truth, never a crash, a hang or a silent drop.
import { setImmediate as breathe } from 'node:timers/promises';
import { test } from 'vitest';
import { tryCell } from '../run/reliability';
import { FIRST_SEED, seeds } from '../run/seed';
import { fuzzPart } from './fuzz-parts';
import { fuzzCuts, fuzzReading, readHost } from './fuzz-readings';
import { Random } from './random-parts';

const SUITE = 'Damaged parts and readings';
const CHUNKS = 8;
const PARTS = 7000 / CHUNKS;
const READINGS = 3000 / CHUNKS;

test.each(seeds(CHUNKS, 0))('damaged parts, chunk %d', async (chunk) => {
  await tryCell({ suite: SUITE, cell: `parts, chunk ${chunk + 1} of ${CHUNKS}` }, async () => {
    const seed = FIRST_SEED + chunk;
    const random = new Random(seed);
    let [declared, refused] = [0, 0];
    for (let count = 0; count < PARTS; count += 1) {
      // Else vitest hears nothing of this process for minutes.
      await breathe();
      const counts = fuzzPart(random);
      declared += counts.declared;
      refused += counts.refused;
    }
    return { seed, cases: PARTS, declared, refused };
  });
});

test.each(seeds(CHUNKS, 0))('damaged readings, chunk %d', async (chunk) => {
  await tryCell({ suite: SUITE, cell: `readings, chunk ${chunk + 1} of ${CHUNKS}` }, async () => {
    const seed = FIRST_SEED + chunk;
    const random = new Random(seed);
    const host = await readHost(seed);
    const ends = { refused: 0, read: 0 };
    for (let count = 0; count < READINGS; count += 1) {
      await breathe();
      ends[await fuzzReading(random, host)] += 1;
    }
    return { seed, cases: READINGS, ...ends };
  });
});

test('readings cut at each place', async () => {
  await tryCell({ suite: SUITE, cell: 'readings cut at each place' }, async () => ({
    seed: FIRST_SEED,
    cases: fuzzCuts(await readHost(FIRST_SEED), 1),
  }));
});
