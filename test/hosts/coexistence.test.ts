// Random deploys, changes and destroys beside other tools that act meanwhile: a sample of those in coexistence.long.test.ts.
import { expect, test, vi } from 'vitest';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { FIRST_SEED } from '../run/seed';
import { openQuarter, quarterLab } from './fixtures/coexistence';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 });

/** Both back-ends; the long run has every quarter, and a kernel with servers. */
const SAMPLE = [
  ['nft', 0],
  ['legacy', 1],
  ['nft', 3],
] as const;

const run = labForFile(quarterLab(SAMPLE));

test.each(SAMPLE)(
  `on a %s host in quarter %d, what the neighbours have is what they would have without us, seed ${FIRST_SEED}`,
  async (kind, index) => {
    const quarter = await openQuarter(run.lab, kind, index);
    await quarter.trySequence(FIRST_SEED);
    expect(quarter.acted).toBeGreaterThan(0);
  },
);
