// A few applies, kept, rolled back and killed, under a client that opens connections all the time: a sample of steady-load.long.test.ts.
import { expect, test, vi } from 'vitest';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { FIRST_SEED } from '../run/seed';
import type { LoadHost } from './fixtures/steady-load';
import { LOAD_LAB, tryUnderLoad } from './fixtures/steady-load';

vi.setConfig({ testTimeout: 600_000 });

const run = labForFile(LOAD_LAB);

test.each<LoadHost>(['nft', 'legacy'])(`on a host with iptables-%s, seed ${FIRST_SEED}`, async (name) => {
  const figures = await tryUnderLoad(run, name, { applies: 8, seed: FIRST_SEED });
  expect(figures).toMatchObject({ applies: 8, failed: 0 });
});
