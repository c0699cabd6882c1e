// Random addresses, routes and rules follow each other on a real host: each state is reached in one transaction, and others keep theirs.
import { expect, test } from 'vitest';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { randomIpLines } from '../syntax/random-ip';
import { byHand, ipStateOf } from './fixtures/ip-state';
import { LabScenario } from './fixtures/lab-scenario';

/** Set it to see a failure again. */
const SEED = Number(process.env['GATEWRIGHT_SEED'] ?? Date.now() % 1_000_000);
const COUNT = 40;

const run = labForFile({
  hosts: {
    edge: {
      kind: 'namespace',
      links: {
        v0: { network: 'lan', addresses: ['10.0.0.254/24', '2001:db8::ff/64'] },
        v1: { network: 'back' },
      },
    },
  },
});

test(`three states of seed ${SEED} follow each other, and in the end all is as it was`, async () => {
  const scenario = new LabScenario(run.lab, 'edge');
  // Routes and rules of others, of other networks and preferences than ours.
  const others = randomIpLines(SEED, COUNT * 2).slice(COUNT);
  for (const line of others) await byHand(run.lab, 'edge', line.replace(/^ip /, ''));
  const before = await ipStateOf(run.lab, 'edge');
  for (const seed of [SEED, SEED + 1, SEED + 2]) {
    const parts = { random: randomIpLines(seed, COUNT).join('\n') };
    await scenario.apply(parts);
    expect(await scenario.refresh()).toEqual(parts);
    expect(await scenario.wording(parts)).toBe('prior');
    const after = await ipStateOf(run.lab, 'edge');
    expect(before.filter((line) => !after.includes(line))).toEqual([]);
  }
  await scenario.destroy();
  expect(await ipStateOf(run.lab, 'edge')).toEqual(before);
});
