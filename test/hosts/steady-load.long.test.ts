// Two hundred applies to each back-end, kept, rolled back and killed, under a client that opens connections all the time: none fails.
import { test, vi } from 'vitest';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { tryCell } from '../run/reliability';
import { FIRST_SEED } from '../run/seed';
import type { LoadHost } from './fixtures/steady-load';
import { LOAD_LAB, tryUnderLoad } from './fixtures/steady-load';

vi.setConfig({ testTimeout: 3_600_000 });

const run = labForFile(LOAD_LAB);

test.each<LoadHost>(['nft', 'legacy'])('on a host with iptables-%s', async (name) => {
  await tryCell({ suite: 'Load', cell: `a steady client, ${name}` }, () =>
    tryUnderLoad(run, name, { applies: 200, seed: FIRST_SEED }),
  );
});
