// Random deploys, changes and destroys beside other tools that act meanwhile: what these have is what they would have without us.
import { expect, test, vi } from 'vitest';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { tryCell } from '../run/reliability';
import { FIRST_SEED, seeds } from '../run/seed';
import { openQuarter, quarterLab, QUARTERS } from './fixtures/coexistence';

vi.setConfig({ testTimeout: 1_800_000, hookTimeout: 300_000 });

/** Sequences for each quarter: together more than a hundred. */
const COUNTS = { nft: 13, legacy: 10, kernel: 10 } as const;

const PLACES = [
  ...QUARTERS.flatMap((_, index) => [['nft', index] as const, ['legacy', index] as const]),
  ['kernel', 2] as const,
];

const run = labForFile(quarterLab(PLACES));

test.each(PLACES)('beside its neighbours, on a %s host in quarter %d', async (kind, index) => {
  const neighbours = (QUARTERS[index] ?? []).join(' and ');
  await tryCell({ suite: 'Beside other tools', cell: `${neighbours}, ${kind}` }, async () => {
    const quarter = await openQuarter(run.lab, kind, index);
    for (const seed of seeds(COUNTS[kind])) await quarter.trySequence(seed);
    expect(quarter.acted).toBeGreaterThan(COUNTS[kind]);
    return {
      seed: FIRST_SEED,
      sequences: COUNTS[kind],
      'acts of others': quarter.acted,
      meanwhile: quarter.actedMeanwhile,
      'undone and applied again': quarter.appliedAgain,
    };
  });
});
