// One transaction over every subsystem, on the host in memory: its order, drift, and that a failure anywhere leaves all as it was.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { printPlan } from '../../lib/converge/plan';
import type { Parts } from '../../lib/model/declaration';
import { OTHERS, otherPartsOn, partsOn } from './all-parts';
import { planOf } from './planned';
import { errorOf, Scenario } from './scenario';

const DEVICE = 'eth1';
const PARTS = partsOn(DEVICE);
const OTHER = otherPartsOn(DEVICE);

let scenario: Scenario;
let before: readonly string[];
beforeEach(() => {
  scenario = new Scenario();
  const { host } = scenario;
  host.sysctls.set('net.ipv4.vs.conntrack', '0');
  host.subsystems.ip.run(OTHERS.ip(DEVICE).join('\n'));
  host.subsystems.ipset.run(OTHERS.ipset);
  host.subsystems.ipvs.run(OTHERS.ipvs);
  for (const kernel of [host.kernel, host.kernel6]) kernel.restore('*nat\nCOMMIT\n', { noflush: true });
  host.kernel.restore(OTHERS.ipv4, { noflush: true });
  host.kernel6.restore(OTHERS.ipv6, { noflush: true });
  before = stateOf(scenario);
});

/** All that the host holds, in an order of its own; not what it remembers. */
function stateOf({ host }: Scenario): readonly string[] {
  const { ip, ipset, ipvs } = host.subsystems;
  const entries = [ip, ipset, ipvs].flatMap((subsystem) => subsystem.read().split('\n').sort());
  return [
    ...entries,
    ...host.kernel.save().split('\n'),
    ...host.kernel6.save().split('\n'),
    ...sysctlsOf(host),
  ];
}

function sysctlsOf({ sysctls }: Scenario['host']): string[] {
  return [...sysctls].map(([key, value]) => `${key}=${value}`);
}

/** The names of the steps of a plan, and how many lines each of them runs. */
async function stepsOf(parts: Parts): Promise<readonly { readonly name: string; readonly lines: number }[]> {
  const { steps } = await planOf(scenario, parts);
  return steps.map(({ name, forward }) => ({ name, lines: forward.split('\n').length - 1 }));
}

test('an apply makes all of it, reads back as it was written, and a destroy leaves what was there', async () => {
  await scenario.apply(PARTS);
  expect(await scenario.refresh()).toEqual(PARTS);
  expect(await scenario.wording(PARTS)).toBe('prior');
  await scenario.apply(OTHER);
  expect(await scenario.refresh()).toEqual(OTHER);
  expect(await scenario.wording(OTHER)).toBe('prior');
  await scenario.destroy();
  expect(stateOf(scenario)).toEqual(before);
  expect(scenario.host.manifest).toBeUndefined();
});

test('the order is: what rules name, then rules, then what no rule names any more', async () => {
  await scenario.apply(PARTS);
  const golden = readFileSync(join(__dirname, '../cases/plans/all-subsystems.plan'), 'utf8');
  expect(`${printPlan(await planOf(scenario, OTHER))}\n`).toBe(golden);
});

describe.each([
  ['from nothing', undefined, PARTS],
  ['from other parts', PARTS, OTHER],
  ['back', OTHER, PARTS],
] as const)('an apply %s', (_name, prior, parts) => {
  beforeEach(async () => {
    if (prior === undefined) return;
    await scenario.apply(prior);
    await scenario.refresh();
  });

  test('that fails at any step is undone whole, and what others have is untouched', async () => {
    const start = [stateOf(scenario), scenario.host.manifest, [...scenario.host.declared]];
    const steps = await stepsOf(parts);
    expect(steps.length).toBeGreaterThan(8);
    for (const [index, { name }] of steps.entries()) {
      scenario.host.faults.failAtStep = index + 1;
      const error = await errorOf(scenario.apply(parts));
      expect(error).toMatchObject({ undone: true });
      expect(String(error)).toContain(`failed at ${name}`);
      expect([stateOf(scenario), scenario.host.manifest, [...scenario.host.declared]]).toEqual(start);
    }
  });

  test('that stops in the middle of any step is undone whole', async () => {
    const start = stateOf(scenario);
    for (const [index, { name, lines }] of (await stepsOf(parts)).entries()) {
      for (let line = 1; line <= lines; line += 1) {
        scenario.host.faults.stopInStep = { step: index + 1, line };
        expect(await errorOf(scenario.apply(parts)), `${name}, line ${line}`).toMatchObject({ undone: true });
        expect(stateOf(scenario), `${name}, line ${line}`).toEqual(start);
      }
    }
  });
});

test.each<readonly [string, (host: Scenario['host']) => void]>([
  [
    'an address',
    ({ subsystems }) => {
      subsystems.ip.run('addr del 182.16.100.101/24 dev eth1\n');
    },
  ],
  [
    'a member',
    ({ subsystems }) => {
      subsystems.ipset.run('del GW-SIX fd00::7\n');
    },
  ],
  [
    'a weight',
    ({ subsystems }) => {
      subsystems.ipvs.run('-e -t 10.96.0.10:80 -r 182.16.100.11:80 -m -w 9\n');
    },
  ],
  ['a sysctl', ({ sysctls }) => sysctls.set('net.ipv4.ip_forward', '0')],
  [
    'a rule of ip6tables',
    ({ kernel6 }) => {
      kernel6.restore('*filter\n:GW-FORWARD - [0:0]\nCOMMIT\n', { noflush: true });
    },
  ],
])('a hand that changes %s behind the last step has all of it undone', async (_what, hand) => {
  scenario.host.faults.beforeVerify = () => {
    hand(scenario.host);
  };
  const error = await errorOf(scenario.apply(PARTS));
  expect(error).toMatchObject({ undone: true });
  expect(String(error)).toContain('failed at verify');
  expect(stateOf(scenario)).toEqual(before);
});

test('a destroy that fails at any step leaves all of it', async () => {
  await scenario.apply(PARTS);
  await scenario.refresh();
  const applied = stateOf(scenario);
  const steps = await stepsOf({});
  for (const [index, { name }] of steps.entries()) {
    scenario.host.faults.failAtStep = index + 1;
    expect(await errorOf(scenario.destroy()), name).toMatchObject({ undone: true });
    expect(stateOf(scenario), name).toEqual(applied);
  }
});
