// What an apply keeps for a boot, and how a plan shows that somebody changed it.
import { beforeEach, expect, test } from 'vitest';
import { PARTS, Scenario } from './scenario';

let scenario: Scenario;
beforeEach(() => {
  scenario = new Scenario();
});

test.each([
  ['fail-open', 'persist fail-open\nprefix GW-\n'],
  ['fail-closed', 'persist fail-closed\nprefix GW-\n'],
] as const)('an apply with persist = %s keeps what is declared for a boot', async (persist, settings) => {
  Object.assign(scenario.target, { persist });
  await scenario.apply(PARTS);
  expect(scenario.host.boot.kept.get('default')).toMatchObject({
    settings,
    sysctls: 'net/ipv4/ip_forward 1\n',
  });
});

test('an apply with persist = none, and a destroy, leave nothing for a boot', async () => {
  Object.assign(scenario.target, { persist: 'fail-open' });
  await scenario.apply(PARTS);
  Object.assign(scenario.target, { persist: 'none' });
  await scenario.refresh();
  await scenario.apply(PARTS);
  expect(scenario.host.boot.kept.get('default')).toBeUndefined();
  Object.assign(scenario.target, { persist: 'fail-open' });
  await scenario.refresh();
  await scenario.apply(PARTS);
  expect(scenario.host.boot.kept.get('default')).toBeDefined();
  await scenario.refresh();
  await scenario.destroy();
  expect(scenario.host.boot.kept.get('default')).toBeUndefined();
});

test('what somebody changed of it is a part to be removed, and an apply is what removes it', async () => {
  await scenario.apply(PARTS);
  scenario.host.boot.changes =
    '/etc/systemd/system/a.service is missing\nb.service is not enabled for c.target\n';
  expect(await scenario.refresh()).toEqual({
    ...PARTS,
    '~boot': '# /etc/systemd/system/a.service is missing\n# b.service is not enabled for c.target\n',
  });
  expect(await scenario.wording(PARTS)).toBe('declared');
  await scenario.apply(PARTS);
  scenario.host.boot.changes = '';
  expect(await scenario.refresh()).toEqual(PARTS);
  expect(await scenario.wording(PARTS)).toBe('prior');
});
