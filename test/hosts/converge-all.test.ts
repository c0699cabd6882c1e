// One transaction over every subsystem on a host with a kernel of its own: applied, drifted, repaired, broken at each step, destroyed.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { expectationOf } from '../../lib/converge/expectation';
import { OUR_WORDING } from '../../lib/converge/align';
import type { Host } from '../../lib/converge/host';
import type { Step, StepKind } from '../../lib/converge/plan';
import { remoteHost } from '../../lib/converge/remote-host';
import type { Parts } from '../../lib/model/declaration';
import type { SshConnection } from '../../lib/ssh/connection';
import { connectTo } from '../contract/lab-subject';
import { NEVER } from '../contract/transactions';
import { OTHERS, otherPartsOn, partsOn } from '../converge/all-parts';
import type { PlannedParts } from '../converge/planned';
import { plannedParts } from '../converge/planned';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { kernelStateOf } from './fixtures/kernel-state';
import { LabScenario } from './fixtures/lab-scenario';

const DEVICE = 'enp0s5';
const PARTS = partsOn(DEVICE);
const OTHER = otherPartsOn(DEVICE);
const SYSCTLS = ['net.ipv4.ip_forward', 'net.ipv4.vs.conntrack'];

const run = labForFile({
  hosts: { gw: { kind: 'kernel', links: { [DEVICE]: { network: 'lan', addresses: ['182.16.100.1/24'] } } } },
});

/** A kernel of its own forks slowly, and each step is broken once. */
vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 });

let scenario: LabScenario;
let connection: SshConnection;
let host: Host;
let start: readonly string[];

beforeAll(async () => {
  const lan = `until ip route show dev ${DEVICE} | grep -q 182.16.100.0/24; do sleep 0.1; done`;
  await hand(['sh', '-c', lan]);
  for (const line of OTHERS.ip(DEVICE)) await hand(['ip', ...line.split(' ')]);
  await hand(['ipset', 'restore'], OTHERS.ipset);
  await hand(['ipvsadm', '-R'], OTHERS.ipvs);
  await hand(['iptables-restore', '--noflush'], OTHERS.ipv4);
  await hand(['ip6tables-restore', '--noflush'], OTHERS.ipv6);
  connection = await connectTo(run.lab, 'gw');
  host = remoteHost(connection);
  start = await state();
});

beforeEach(() => {
  scenario = new LabScenario(run.lab, 'gw');
});

/** A destroy leaves what was there before, whatever the test did. */
afterEach(async () => {
  if (scenario.state !== undefined) await scenario.destroy();
  expect(await state()).toEqual(start);
});

afterAll(() => {
  connection.close();
});

async function hand(argv: readonly string[], stdin = ''): Promise<void> {
  const { exitCode, stderr } = await run.lab.exec('gw', argv, { stdin });
  if (exitCode !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
}

const state = (): Promise<readonly string[]> => kernelStateOf(run.lab, 'gw', SYSCTLS);

test('what is applied reads back as it was written, changes to other parts, and goes with nothing left behind', async () => {
  await scenario.apply(PARTS);
  expect(await scenario.refresh()).toEqual(PARTS);
  expect(await scenario.wording(PARTS)).toBe('prior');
  await scenario.apply(OTHER);
  expect(await scenario.refresh()).toEqual(OTHER);
  expect(await scenario.wording(OTHER)).toBe('prior');
});

test('each hand on what is ours is shown by its line and repaired in one apply', async () => {
  await scenario.apply(PARTS);
  await scenario.refresh();
  const applied = await state();
  await hand(['ip', 'addr', 'del', '10.96.0.10/32', 'dev', 'gw0']);
  await hand(['ip', 'route', 'del', '10.41.0.0/16']);
  await hand(['ip', 'rule', 'del', 'pref', '80']);
  await hand(['ipset', 'del', 'GW-CLIENTS', '10.40.0.0/16']);
  await hand(['ipset', 'add', 'GW-SIX', 'fd00::66']);
  await hand(
    ['ipvsadm', '-R'],
    '-e -t 10.96.0.10:80 -r 182.16.100.11:80 -m -w 9\n-E -t 10.96.0.10:80 -s lc\n',
  );
  await hand(['iptables', '-D', 'GW-FORWARD', '1']);
  await hand(['ip6tables', '-P', 'FORWARD', 'ACCEPT']);
  await hand(['sysctl', '-w', 'net.ipv4.ip_forward=0']);
  expect(differences(PARTS, await scenario.refresh())).toEqual([
    '- sysctl net.ipv4.ip_forward=1',
    '- ip addr add 10.96.0.10/32 dev gw0',
    `- ip route add 10.41.0.0/16 via 182.16.100.9 dev ${DEVICE}`,
    '- ip rule add pref 80 fwmark 0x8 lookup 80',
    '+ sysctl net.ipv4.ip_forward=0',
    '- ipset add GW-CLIENTS 10.40.0.0/16',
    '- ipvsadm -A -t 10.96.0.10:80 -s wrr',
    '- ipvsadm -a -t 10.96.0.10:80 -r 182.16.100.11:80 -m',
    '+ ipvsadm -A -t 10.96.0.10:80 -s lc',
    '+ ipvsadm -a -t 10.96.0.10:80 -r 182.16.100.11:80 -m -w 9',
    '- iptables -A GW-FORWARD -m set ! --match-set GW-CLIENTS src -j DROP',
    '- ip6tables -P FORWARD DROP',
    '+ ip6tables -t filter -P FORWARD ACCEPT',
    '+ ipset add GW-SIX fd00::66',
  ]);
  await scenario.apply(PARTS);
  expect(await scenario.refresh()).toEqual(PARTS);
  expect(await state()).toEqual(applied);
});

describe.each([
  ['from nothing', undefined, PARTS],
  ['from other parts', PARTS, OTHER],
  ['of nothing, which removes all', PARTS, {}],
] as const)('a transaction %s', (_name, prior, parts) => {
  test('that fails behind the last line of any step is undone whole, and what others have is untouched', async () => {
    if (prior !== undefined) await scenario.apply(prior);
    const before = await state();
    const { target, state: kept } = scenario;
    const planned = await plannedParts({ host, target, state: kept }, parts);
    expect(planned.plan.steps.length).toBeGreaterThanOrEqual(8);
    for (const [index, { name }] of planned.plan.steps.entries()) {
      const outcome = await transactBroken(planned, index);
      expect(outcome, name).toMatchObject({ kind: 'failed', step: name, undone: true });
      expect(await state(), name).toEqual(before);
    }
  });
});

/** The plan's own transaction, but that one step ends with a line that its tool refuses. */
function transactBroken({ question, desired, live, changes, plan }: PlannedParts, broken: number) {
  const steps = plan.steps.map((step, index) => (index === broken ? withBadLine(step) : step));
  const expected = expectationOf(desired, { live, wording: OUR_WORDING, changes });
  return host.transact(question, () => ({ steps, expected, scope: 'default', guardSeconds: 60 }), NEVER);
}

function withBadLine(step: Step): Step {
  const bad = BAD_LINES[step.kind];
  const isTable = step.kind === 'ipv4' || step.kind === 'ipv6';
  return {
    ...step,
    forward: isTable ? step.forward.replace('COMMIT', `${bad}\nCOMMIT`) : `${step.forward}${bad}\n`,
  };
}

const BAD_LINES: Readonly<Record<StepKind, string>> = {
  sysctl: 'net/nosuch 1',
  ip: 'addr add 192.0.2.1/24 dev nosuch',
  ipset: 'add NOSUCH 192.0.2.1',
  ipvs: '-a -t 192.0.2.1:80 -r 192.0.2.2:80 -m',
  ipv4: '-A NOSUCH -j ACCEPT',
  ipv6: '-A NOSUCH -j ACCEPT',
};

/** `-` and `+` lines, part by part; what nobody declared comes last. */
function differences(before: Parts, after: Parts): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const [old, now] = [before[name], after[name]].map((text) => (text ?? '').split('\n').filter(Boolean));
    return [
      ...(old ?? []).filter((line) => now?.includes(line) !== true).map((line) => `- ${line}`),
      ...(now ?? []).filter((line) => old?.includes(line) !== true).map((line) => `+ ${line}`),
    ];
  });
}
