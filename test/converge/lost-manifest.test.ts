// A host that lost its manifest where a scope has neither chains nor rules there: its entries tell that it was here.
import { describe, expect, test } from 'vitest';
import type { Parts } from '../../lib/model/declaration';
import { errorOf, PARTS, Scenario, twoScopes } from './scenario';

test.each([
  'ip addr add 192.0.2.101/24 dev eth0',
  'ipvsadm -A -t 192.0.2.6:80 -s rr\nipvsadm -a -t 192.0.2.6:80 -r 10.0.0.1:80 -m',
  'ipset create mine hash:ip\nipset add mine 10.0.0.1',
])('a lost manifest is noticed and made good where all that the scope has is %j', async (lines) => {
  const scenario = new Scenario();
  const before = entriesOf(scenario);
  await scenario.apply({ a: lines });
  await scenario.refresh();
  scenario.host.manifest = undefined;
  scenario.host.declared.clear();
  const { state, notes } = await scenario.refreshed();
  expect(state.parts).toEqual({ a: lines });
  expect(notes).toEqual([
    expect.objectContaining({ summary: '192.0.2.1:22 has lost its memory of scope "default"' }),
  ]);
  await scenario.apply({ a: `${lines}\n` });
  expect(scenario.host.manifest).toBeDefined();
  await scenario.destroy();
  expect(entriesOf(scenario)).toBe(before);
});

test('a lost manifest is no such thing on another host that has what was found on the first', async () => {
  const lines = 'ip addr add 192.0.2.6/24 dev eth0';
  const scenario = new Scenario();
  await scenario.apply({ a: lines });
  await scenario.refresh();
  scenario.host.manifest = undefined;
  const { state, notes } = await scenario.refreshed();
  expect([state.parts, notes]).toEqual([{}, []]);
});

describe('two scopes on a host that lost its manifest', () => {
  const SHARED = 'sysctl net.ipv4.ip_forward=1\nip addr add 192.0.2.100/24 dev eth0';
  const partsOf = (which: 'a' | 'b', address: string): Parts => ({
    [which]: [
      SHARED,
      `ip addr add ${address}/24 dev eth0`,
      `ipset create ${which}-set hash:ip`,
      `iptables -A FORWARD -s ${address} -j ACCEPT`,
    ].join('\n'),
  });
  const PARTS_OF = [partsOf('a', '192.0.2.101'), partsOf('b', '192.0.2.102')] as const;

  test.each([
    [0, 1],
    [1, 0],
  ] as const)('keep what each owns, whichever comes back first, and leave nothing', async (first, second) => {
    const scopes = twoScopes();
    const { host } = scopes[0];
    const before = entriesOf(scopes[0]);
    for (const index of [0, 1] as const) {
      await scopes[index].apply(PARTS_OF[index]);
    }
    for (const scope of scopes) await scope.refresh();
    host.manifest = undefined;
    host.declared.clear();
    // The first writes a manifest anew, which knows nothing of the second.
    await scopes[first].refresh();
    const changed = { ...PARTS_OF[first], more: 'iptables -A FORWARD -s 198.51.100.1 -j ACCEPT' };
    await scopes[first].apply(changed);
    expect(host.manifest).toBeDefined();
    const { state, notes } = await scopes[second].refreshed();
    expect(state.parts).toEqual(PARTS_OF[second]);
    expect(notes).toEqual([
      expect.objectContaining({
        summary: expect.stringContaining('has lost its memory of scope') as string,
      }),
    ]);
    await scopes[second].apply({
      ...PARTS_OF[second],
      more: 'iptables -A FORWARD -s 198.51.100.2 -j ACCEPT',
    });
    expect((await scopes[second].refreshed()).notes).toEqual([]);
    await scopes[first].refresh();
    await scopes[first].destroy();
    expect(host.sysctls.get('net.ipv4.ip_forward')).toBe('1');
    await scopes[second].destroy();
    expect(host.sysctls.get('net.ipv4.ip_forward')).toBe('0');
    expect(entriesOf(scopes[0])).toBe(before);
    expect(host.kernel.save()).not.toContain('gatewright');
    expect(host.manifest).toBeUndefined();
  });

  test('a scope that was destroyed meanwhile is not there because another one holds the same', async () => {
    const [ours, theirs] = twoScopes();
    await ours.apply({ a: SHARED });
    await theirs.apply({ b: SHARED });
    await ours.refresh();
    const stale = { state: ours.state, memory: ours.memory };
    await ours.destroy();
    Object.assign(ours, stale);
    const { state, notes } = await ours.refreshed();
    expect([state.parts, notes]).toEqual([{}, []]);
  });
});

test('where host and state have both lost their memory, what carries no mark is left, and that is said', async () => {
  const scenario = new Scenario();
  await scenario.apply({ a: 'sysctl net.ipv4.ip_forward=1\niptables -A FORWARD -j ACCEPT' });
  await scenario.refresh();
  scenario.host.manifest = undefined;
  scenario.memory = undefined;
  const { notes } = await scenario.refreshed();
  expect(notes).toEqual([
    expect.objectContaining({
      summary: '192.0.2.1:22 and the state have lost their memory of scope "default"',
    }),
  ]);
  await scenario.apply({ a: 'sysctl net.ipv4.ip_forward=1\niptables -A FORWARD -p tcp -j ACCEPT' });
  expect((await scenario.refreshed()).notes).toEqual([]);
  await scenario.destroy();
  expect(scenario.host.kernel.save()).not.toContain('gatewright');
  expect(scenario.host.sysctls.get('net.ipv4.ip_forward')).toBe('1');
});

test('where the state alone has lost it, the host’s own counts', async () => {
  const scenario = new Scenario();
  const before = entriesOf(scenario);
  await scenario.apply({ a: 'sysctl net.ipv4.ip_forward=1\nip addr add 192.0.2.101/24 dev eth0' });
  scenario.memory = undefined;
  expect((await scenario.refreshed()).notes).toEqual([]);
  await scenario.destroy();
  expect(entriesOf(scenario)).toBe(before);
  expect(scenario.host.sysctls.get('net.ipv4.ip_forward')).toBe('0');
});

function entriesOf({ host }: Scenario): string {
  const { ip, ipset, ipvs } = host.subsystems;
  return [ip, ipset, ipvs].map((subsystem) => subsystem.read()).join('');
}

test('a manifest of a version that reads more is refused in words', async () => {
  const scenario = new Scenario();
  await scenario.apply(PARTS);
  const { manifest = '' } = scenario.host;
  scenario.host.manifest = manifest.replace('"reads": []', '"reads": ["novel"]');
  expect(await errorOf(scenario.refresh())).toMatchObject({ name: 'Refused', code: 'unreadable' });
});
