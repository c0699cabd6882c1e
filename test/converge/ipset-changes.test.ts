// How sets are changed, on the host in memory: how many lines it takes, another type while rules name another set, the order of lists.
import { describe, expect, test } from 'vitest';
import { FOREIGN, liveOf, newScenario } from './ipset-scenario';
import { errorOf } from './scenario';

describe('what a change sends', () => {
  const many = Array.from({ length: 500 }, (_, index) => `ipset add S 10.0.${index >> 8}.${index & 255}`);
  const parts = { a: ['ipset create S hash:ip', ...many.slice(1)].join('\n') };

  test.each<readonly [what: string, next: string, lines: number]>([
    ['one member more', `${parts.a}\nipset add S 192.0.2.1`, 1],
    ['one member less', ['ipset create S hash:ip', ...many.slice(2)].join('\n'), 1],
    [
      'a member for another',
      ['ipset create S hash:ip', 'ipset add S 192.0.2.1', ...many.slice(2)].join('\n'),
      2,
    ],
    ['most of them', 'ipset create S hash:ip\nipset add S 192.0.2.1', 5],
    ['another option', parts.a.replace('hash:ip', 'hash:ip maxelem 1000'), 499 + 4],
    ['another type, which nothing uses', parts.a.replace('hash:ip', 'hash:net'), 499 + 2],
  ])('%s', async (_what, next, lines) => {
    const scenario = newScenario();
    await scenario.apply(parts);
    await scenario.refresh();
    scenario.host.subsystems.ipset.lines = 0;
    await scenario.apply({ a: next });
    expect(scenario.host.subsystems.ipset.lines).toBe(lines);
    expect(await scenario.refresh()).toEqual({ a: next });
  });
});

describe('another type of a set that rules name', () => {
  const before = [
    'ipset create S hash:ip',
    'ipset add S 192.0.2.1',
    'iptables -A INPUT -m set --match-set S src -j DROP',
    'iptables -t nat -A GW-X -m set ! --match-set S src -m comment --comment "of --match-set S" -j RETURN',
    'iptables -t nat -A GW-X -m mark --mark 0x1 -j RETURN',
  ];
  const after = [
    'ipset create S hash:net',
    'ipset add S 192.0.2.0/24',
    ...before.slice(2, 4),
    'iptables -t nat -A GW-X -m set --match-set S dst -j ACCEPT',
  ];

  test('is made beside the old one, and the rules name it for the time that the set itself needs', async () => {
    const scenario = newScenario(...FOREIGN);
    await scenario.apply({ a: before.join('\n') });
    await scenario.refresh();
    await scenario.apply({ a: after.join('\n') });
    expect(liveOf(scenario)).toEqual(['create S hash:net', 'add S 192.0.2.0/24', ...FOREIGN].sort());
    expect(await scenario.refresh()).toEqual({ a: after.join('\n') });
    expect(scenario.rulesOf('GW-X')).toEqual([
      '-m set ! --match-set S src -m comment --comment "of --match-set S" -j RETURN',
      '-m set --match-set S dst -j ACCEPT',
    ]);
  });

  test.each([1, 2, 3, 4, 5, 6, 7])('leaves all as it was where step %d fails', async (step) => {
    const scenario = newScenario(...FOREIGN);
    await scenario.apply({ a: before.join('\n') });
    await scenario.refresh();
    const was = scenario.host.state();
    scenario.host.faults.failAtStep = step;
    expect(await errorOf(scenario.apply({ a: after.join('\n') }))).toMatchObject({ undone: true });
    expect(scenario.host.state()).toBe(was);
  });

  test('takes lists of ours along', async () => {
    const list = ['ipset create L list:set', 'ipset add L OTHER', 'ipset add L S', 'ipset add L LAST'];
    const sets = ['ipset create OTHER hash:ip', 'ipset create LAST hash:ip', ...list];
    const rule = 'iptables -A INPUT -m set --match-set L src -j DROP';
    const scenario = newScenario();
    await scenario.apply({
      a: ['ipset create S hash:ip', 'ipset add S 192.0.2.1', ...sets, rule].join('\n'),
    });
    await scenario.refresh();
    const next = { a: ['ipset create S hash:net', 'ipset add S 192.0.2.0/24', ...sets, rule].join('\n') };
    await scenario.apply(next);
    expect(await scenario.refresh()).toEqual(next);
    expect(liveOf(scenario)).toContain('add L S after OTHER');
    await scenario.destroy();
    expect(liveOf(scenario)).toEqual([]);
  });
});

describe('a list of sets', () => {
  const sets = ['A', 'B', 'C'].map((name) => `ipset create ${name} hash:ip`);
  const listOf = (...names: readonly string[]): { a: string } => ({
    a: [...sets, 'ipset create L list:set', ...names.map((name) => `ipset add L ${name}`)].join('\n'),
  });

  test.each([
    [
      ['A', 'B', 'C'],
      ['A', 'C'],
    ],
    [
      ['A', 'C'],
      ['A', 'B', 'C'],
    ],
    [
      ['A', 'B', 'C'],
      ['C', 'B', 'A'],
    ],
    [['A'], []],
    [[], ['B']],
  ])('of %j becomes one of %j', async (from, to) => {
    const scenario = newScenario();
    await scenario.apply(listOf(...from));
    await scenario.refresh();
    await scenario.apply(listOf(...to));
    expect(await scenario.refresh()).toEqual(listOf(...to));
    const saved = scenario.host.subsystems.ipset.read();
    expect([...saved.matchAll(/^add L (\S+)/gm)].map(([, name]) => name)).toEqual(to);
  });

  test('goes before the sets that it holds', async () => {
    const scenario = newScenario();
    await scenario.apply(listOf('A', 'B'));
    await scenario.refresh();
    await scenario.destroy();
    expect(liveOf(scenario)).toEqual([]);
  });
});
