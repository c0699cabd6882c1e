// Random pairs of states over every subsystem, on the host in memory: a sample of those in state-properties.long.test.ts.
import { test } from 'vitest';
import { seeds } from '../run/seed';
import { tryFakePair } from './fake-stage';

test.each(seeds(6))(
  'seed %d: one state follows another, and in the end all is as it was',
  async (seed) => {
    await tryFakePair(seed);
  },
  60_000,
);
