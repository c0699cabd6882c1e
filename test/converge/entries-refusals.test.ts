// What a plan and an apply refuse of entries, each with part and line: two values, other scopes, others' objects, modules, changes since.
import { describe, expect, test } from 'vitest';
import { FakeHost } from '../fakes/fake-host';
import { errorOf, Scenario, TEAM } from './scenario';

test.each([
  [
    'one key with two values',
    'ip route add 10.41.0.0/16 via 192.0.2.9\n\nip route add 10.41.0.0/16 via 192.0.2.8',
    {
      code: 'two-values',
      at: 'part "a", line 3',
      given:
        'ip route add 10.41.0.0/16 via 192.0.2.8, but ip route add 10.41.0.0/16 via 192.0.2.9 in part "a", line 1',
    },
  ],
  [
    'a real server declared twice',
    'ipvsadm -A -t 192.0.2.6:80 -s rr\nipvsadm -a -t 192.0.2.6:80 -r 10.0.0.1:80 -m\nipvsadm -a -t 192.0.2.6:80 -r 10.0.0.1:80 -m',
    { code: 'declared-twice', at: 'part "a", line 3', allowed: 'one line for one server' },
  ],
  [
    'what others have and is not equal',
    'ipset create OTHERS hash:net',
    {
      code: 'foreign-entry',
      at: 'part "a", line 1',
      given: 'ipset create OTHERS hash:net\non the host: ipset create OTHERS hash:ip',
    },
  ],
])('a plan refuses %s', async (_what, text, problem) => {
  const scenario = new Scenario();
  scenario.host.subsystems.ipset.run('create OTHERS hash:ip\n');
  const before = scenario.host.state();
  const error = await errorOf(scenario.plan({ a: text }));
  expect(error).toMatchObject({ problems: [{ ...problem, part: 'a' }] });
  expect(scenario.host.state()).toBe(before);
});

test('the same line twice is one entry, whose drift shows in both places', async () => {
  const scenario = new Scenario();
  const line = 'ip addr add 192.0.2.101/24 dev eth0';
  await scenario.apply({ a: line, b: `${line}\niptables -N GW-A` });
  scenario.host.subsystems.ip.run('addr del 192.0.2.101/24 dev eth0\n');
  expect(await scenario.refresh()).toEqual({ b: 'iptables -N GW-A' });
});

describe('another scope on the host', () => {
  test.each([
    ['another value', 'ip route add 10.41.0.0/16 via 192.0.2.9', 'ip route add 10.41.0.0/16 via 192.0.2.8'],
    ['the same set', 'ipset create S hash:ip', 'ipset create S hash:ip'],
  ])('that declares %s is named', async (_what, theirs, ours) => {
    const host = new FakeHost();
    await new Scenario(TEAM, host).apply({ theirs });
    const error = await errorOf(new Scenario(undefined, host).plan({ ours }));
    expect(error).toMatchObject({ problems: [{ code: 'held-by-scope', at: 'part "ours", line 1' }] });
    expect(String(error)).toContain('scope "team" declares');
  });
});

describe('a module that the kernel lacks', () => {
  test.each([
    ['ip_vs', 'ipvsadm -A -t 192.0.2.6:80 -s rr'],
    ['ip_vs_sh', 'ipvsadm -A -t 192.0.2.6:80 -s sh'],
    ['ip_vs', 'sysctl net.ipv4.vs.conntrack=1'],
    ['dummy', 'ip link add gw0 type dummy'],
    ['xt_set', 'ipset create S hash:ip\niptables -A INPUT -m set --match-set S src -j DROP'],
  ])('%s fails the plan with its name and line: %s', async (module, text) => {
    const scenario = new Scenario();
    scenario.host.missingModules.add(module);
    const error = await errorOf(scenario.plan({ a: text }));
    const line = text.split('\n').length;
    expect(error).toMatchObject({
      problems: [{ code: 'missing-module', at: `part "a", line ${line}`, part: 'a' }],
    });
    expect(String(error)).toContain(`the host's kernel has no module ${module}`);
    expect(String(error)).toContain(`modprobe ${module}`);
  });
});

test('a sysctl of a link that the same apply makes is refused with what to do', async () => {
  const scenario = new Scenario();
  const text = 'ip link add gw0 type dummy\nsysctl net.ipv4.conf.gw0.arp_ignore=1';
  expect(await errorOf(scenario.plan({ a: text }))).toMatchObject({
    problems: [
      {
        code: 'unknown-sysctl',
        at: 'part "a", line 2',
        fix: expect.stringContaining('conf.default') as string,
      },
    ],
  });
});

test('what changed since the plan is named by its line', async () => {
  const scenario = new Scenario();
  const parts = { a: 'ipset create S hash:ip\nipset add S 192.0.2.1' };
  await scenario.apply(parts);
  await scenario.refresh();
  const next = { ...parts, b: 'ipset add S 192.0.2.2' };
  await scenario.plan(next);
  scenario.host.subsystems.ipset.run('del S 192.0.2.1\nadd S 192.0.2.66\n');
  const error = await errorOf(scenario.applyOnly(next));
  expect(error).toMatchObject({ code: 'changed-since-plan' });
  expect(String(error)).toContain('part "a":\n  - ipset add S 192.0.2.1');
  expect(String(error)).toContain('part "~unexpected":\n  + ipset add S 192.0.2.66');
});
