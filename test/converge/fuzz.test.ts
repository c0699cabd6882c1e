// Damaged parts and readings: an error of ours or the truth, never a crash, a hang or a silent drop. A sample of those in fuzz.long.test.ts.
import { expect, test } from 'vitest';
import { FIRST_SEED } from '../run/seed';
import { fuzzPart } from './fuzz-parts';
import { fuzzCuts, fuzzReading, readHost } from './fuzz-readings';
import { Random } from './random-parts';

test(`damaged parts of seed ${FIRST_SEED} are blamed, line by line, or mean what they print`, () => {
  const random = new Random(FIRST_SEED);
  let refused = 0;
  for (let count = 0; count < 60; count += 1) refused += fuzzPart(random).refused;
  expect(refused).toBeGreaterThan(5);
}, 60_000);

test(`damaged readings of seed ${FIRST_SEED} are refused, or nothing in them is lost`, async () => {
  const random = new Random(FIRST_SEED);
  const host = await readHost(FIRST_SEED);
  const ends = { refused: 0, read: 0 };
  const wantsMore = (count: number): boolean =>
    count < 15 || (Math.min(ends.refused, ends.read) === 0 && count < 100);
  for (let count = 0; wantsMore(count); count += 1) ends[await fuzzReading(random, host)] += 1;
  expect(ends.refused).toBeGreaterThan(0);
  expect(ends.read).toBeGreaterThan(0);
  expect(fuzzCuts(host, 97)).toBeGreaterThan(10);
}, 60_000);
