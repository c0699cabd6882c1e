// Random pairs of states over every subsystem, on real hosts: a sample of those in converge-states.long.test.ts.
import { beforeAll, expect, test, vi } from 'vitest';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { FIRST_SEED } from '../run/seed';
import { loadOthers, STATE_LAB, tryHostPair } from './fixtures/state-hosts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 });

const HOSTS = ['nft', 'legacy'] as const;
const { nft, legacy } = STATE_LAB;
const run = labForFile({ hosts: { nft, legacy } });

beforeAll(async () => {
  for (const name of HOSTS) await loadOthers(run, name);
});

test.each(HOSTS)(
  'a pair of states on a host with %s: one follows the other, and in the end all is as it was',
  async (name) => {
    const { lines, refused } = await tryHostPair(run, name, FIRST_SEED);
    expect(refused.length, refused.join('\n')).toBeLessThan(Math.max(3, lines / 10));
  },
);
