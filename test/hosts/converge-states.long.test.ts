// Random pairs of states over every subsystem, on real hosts; those on the host in memory are in test/converge/.
import { beforeAll, expect, test, vi } from 'vitest';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { tryCell } from '../run/reliability';
import { FIRST_SEED, seeds } from '../run/seed';
import { loadOthers, STATE_LAB, tryHostPair } from './fixtures/state-hosts';

/** A kernel of its own forks slowly. */
vi.setConfig({ testTimeout: 1_800_000, hookTimeout: 300_000 });

const HOSTS = ['nft', 'legacy', 'kernel'] as const;
const COUNTS = { nft: 160, legacy: 160, kernel: 40 } as const;
const run = labForFile({ hosts: STATE_LAB });

beforeAll(async () => {
  for (const name of HOSTS) await loadOthers(run, name);
});

test.each(HOSTS)('pairs of states on a host with %s', async (name) => {
  await tryCell({ suite: 'Random pairs of states', cell: `host with ${name}` }, async () => {
    let [lines, refused] = [0, 0];
    for (const seed of seeds(COUNTS[name], FIRST_SEED)) {
      const counts = await tryHostPair(run, name, seed);
      lines += counts.lines;
      refused += counts.refused.length;
    }
    expect(refused, 'lines that the host refuses').toBeLessThan(lines / 10);
    return { seed: FIRST_SEED, pairs: COUNTS[name], lines, 'lines refused': refused };
  });
});
