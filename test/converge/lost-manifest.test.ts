// A host that lost its manifest where a scope has neither chains nor rules there: its entries tell that it was here.
import { expect, test } from 'vitest';
import { errorOf, PARTS, Scenario } from './scenario';

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
