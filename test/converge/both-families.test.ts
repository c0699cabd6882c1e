// Rules of iptables and ip6tables on one host: one transaction, one refresh, and two chains where two families have one name.
import { beforeEach, describe, expect, test } from 'vitest';
import { LAST, PARTS, POLICY, policy6, rules6, V4, V6 } from './dual-stack';
import { errorOf, Scenario } from './scenario';

let scenario: Scenario;
beforeEach(async () => {
  scenario = new Scenario();
  await scenario.apply(PARTS);
});

function without(text: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(PARTS)
      .map(
        ([name, part]) =>
          [
            name,
            part
              .split('\n')
              .filter((line) => !line.includes(text))
              .join('\n'),
          ] as const,
      )
      .filter(([, part]) => part !== ''),
  );
}

describe('one apply', () => {
  test('makes the rules of both, each where it belongs', () => {
    expect(scenario.rulesOf('GW-WEB')).toEqual(['-p tcp -j DNAT --to-destination 10.0.0.1:8080']);
    expect(rules6(scenario, 'GW-WEB')).toEqual([
      '-p tcp -j DNAT --to-destination [fd00::1]:8080',
      '-j RETURN',
    ]);
    expect(rules6(scenario, 'FORWARD', 'filter')).toEqual([
      '-p ipv6-icmp -m icmp6 --icmpv6-type 2 -m comment --comment "gatewright:default" -j ACCEPT',
    ]);
    expect(policy6(scenario)).toBe('DROP');
  });

  test('reads back as it was written, and leaves nothing to change', async () => {
    expect(await scenario.refresh()).toEqual(PARTS);
    expect(await scenario.wording(PARTS)).toBe('prior');
  });

  test('takes another wording of an address for the same', async () => {
    await scenario.refresh();
    const other = { ...PARTS, '20-v6': V6.replace('2001:DB8::1', '2001:db8:0:0:0:0:0:1/128') };
    expect(await scenario.wording(other)).toBe('prior');
  });

  test('of one family more changes nothing in the other', async () => {
    const before = scenario.host.kernel.save();
    await scenario.refresh();
    await scenario.apply({ ...PARTS, '40-more': 'ip6tables -A INPUT -s fd00::/8 -j ACCEPT' });
    expect(scenario.host.kernel.save()).toBe(before);
  });
});

describe('a hand on the host', () => {
  test.each([
    ['a rule deleted', 'nat', ['-D GW-WEB -j RETURN'], without('-j RETURN')],
    [
      'a rule added in a chain of ours',
      'nat',
      ['-A GW-WEB -s fd00::/8 -j ACCEPT'],
      { ...PARTS, '~unexpected': 'ip6tables -t nat -A GW-WEB -s fd00::/8 -j ACCEPT\n' },
    ],
    [
      'a rule of ours deleted in a built-in chain',
      'filter',
      [
        '-D FORWARD -p ipv6-icmp -m icmp6 --icmpv6-type 2 -m comment --comment "gatewright:default" -j ACCEPT',
      ],
      without('packet-too-big'),
    ],
    [
      'a chain with our prefix made',
      'filter',
      [':GW-MINE - [0:0]'],
      { ...PARTS, '~unexpected': 'ip6tables -t filter -N GW-MINE\n' },
    ],
    [
      'a policy set',
      'filter',
      [':FORWARD ACCEPT [0:0]'],
      { ...PARTS, '30-policy': 'ip6tables -t filter -P FORWARD ACCEPT' },
    ],
    [
      'rules of two parts in another order',
      'nat',
      ['-D GW-WEB -j RETURN', '-I GW-WEB 1 -j RETURN'],
      {
        ...PARTS,
        '~order ipv6 nat GW-WEB':
          'ip6tables -t nat -A GW-WEB -j RETURN\n' +
          'ip6tables -t nat -A GW-WEB -p tcp -j DNAT --to-destination "[fd00::1]:8080"\n',
      },
    ],
    ['foreign rules', 'nat', ['-I PREROUTING 1 -s fd00::/8 -j ACCEPT', ':DOCKER - [0:0]'], PARTS],
  ] as const)(
    'of ip6tables: %s is shown by its lines and repaired',
    async (_name, table, lines, expected) => {
      scenario.byHand6(table, ...lines);
      expect(await scenario.refresh()).toEqual(expected);
      expect(await scenario.wording(PARTS)).toBe(expected === PARTS ? 'prior' : 'declared');
      const v4 = scenario.host.kernel.save();
      await scenario.apply(PARTS);
      expect(await scenario.refresh()).toEqual(PARTS);
      expect(scenario.host.kernel.save()).toBe(v4);
    },
  );

  test('between plan and apply stops the apply, which names the line', async () => {
    await scenario.refresh();
    await scenario.plan({ ...PARTS, '40-more': 'iptables -N GW-MORE' });
    scenario.byHand6('nat', '-D GW-WEB -j RETURN');
    const error = await errorOf(scenario.applyOnly({ ...PARTS, '40-more': 'iptables -N GW-MORE' }));
    expect(error).toMatchObject({ code: 'changed-since-plan' });
    expect(String(error)).toContain(`part "90-last":\n  - ${LAST}`);
  });
});

describe('a step that fails', () => {
  // A table without rules equals one that nobody used: this one is there from the start.
  beforeEach(() => {
    scenario.host.kernel.restore('*filter\nCOMMIT\n', { noflush: true });
  });

  const MORE = {
    ...PARTS,
    '40-more': [
      'iptables -t nat -A GW-WEB -j RETURN',
      'iptables -A INPUT -s 192.0.2.9 -j DROP',
      'ip6tables -t nat -A GW-WEB -s fd00::9 -j RETURN',
      'ip6tables -A INPUT -s fd00::9 -j DROP',
    ].join('\n'),
  };

  test.each([1, 2, 3, 4])('as number %d leaves both families as they were', async (step) => {
    await scenario.refresh();
    const before = scenario.host.state();
    scenario.host.faults.failAtStep = step;
    expect(await errorOf(scenario.apply(MORE))).toMatchObject({ undone: true });
    expect(scenario.host.state()).toBe(before);
  });

  test('is told of by the name of its tool', async () => {
    await scenario.refresh();
    scenario.host.faults.failAtStep = 3;
    expect(String(await errorOf(scenario.apply(MORE)))).toContain('failed at ip6tables -t nat');
  });

  test('at verification is undone in both', async () => {
    await scenario.refresh();
    const v4 = scenario.host.kernel.save();
    scenario.host.faults.beforeVerify = (_kernel, kernel6) => {
      kernel6.restore('*nat\n-A GW-WEB -s fd00::66 -j ACCEPT\nCOMMIT\n', { noflush: true });
    };
    expect(await errorOf(scenario.apply(MORE))).toMatchObject({ undone: true });
    expect(scenario.host.kernel.save()).toBe(v4);
    expect(rules6(scenario, 'GW-WEB')).toEqual([
      '-p tcp -j DNAT --to-destination [fd00::1]:8080',
      '-j RETURN',
    ]);
  });
});

describe('a plan refuses', () => {
  test.each([
    [
      'a jump that leads nowhere in this family',
      'iptables -N GW-A\nip6tables -A INPUT -j GW-A',
      'unknown-chain',
      'the rule jumps to chain GW-A, which no line of table filter of ip6tables makes or fills',
      'check the name, or add `ip6tables -t filter -N GW-A`',
    ],
    [
      'a chain that only the other family has',
      'ip6tables -A DOCKER-USER -j DROP',
      'unknown-chain',
      'the host has no chain DOCKER-USER in table filter of ip6tables',
      'check the name; a chain that shall be ours needs a -N line',
    ],
    [
      'a jump to a chain that only the other family has',
      'ip6tables -A INPUT -j DOCKER-USER',
      'unknown-chain',
      "the rule jumps to chain DOCKER-USER, which the host's table filter of ip6tables does not have, or only because of a -N line that is now left out",
      'check the name; a chain that shall be ours needs a -N line',
    ],
    [
      'two policies',
      'ip6tables -P INPUT DROP\nip6tables -P INPUT ACCEPT',
      'two-values',
      'ipv6 filter INPUT is declared with two values',
      'leave one of the two lines out',
    ],
    [
      'a rule that the host’s ip6tables does not know',
      'iptables -N GW-OK\nip6tables -A INPUT -m frobnicate --deep 3 -j ACCEPT',
      'refused-by-host',
      "the host's ip6tables refuses a rule: ip6tables-restore: line 2 failed: Couldn't load match or target",
      'correct the line; where no reason is given, the kernel may have logged one (dmesg on the host); nothing was changed',
    ],
  ])('%s', async (_name, text, code, what, fix) => {
    scenario.host.kernel.restore('*filter\n:DOCKER-USER - [0:0]\nCOMMIT\n', { noflush: true });
    await scenario.refresh();
    const line = text.split('\n').length;
    expect(await errorOf(scenario.plan({ ...PARTS, '50-bad': text }))).toMatchObject({
      problems: [{ code, what, fix, at: `part "50-bad", line ${line}`, part: '50-bad' }],
    });
  });

  test('to take a chain of others that is not empty, and names their rules', async () => {
    scenario.byHand6('filter', ':mine - [0:0]', '-A mine -s fd00::7/128 -j DROP');
    const error = await errorOf(scenario.plan({ ...PARTS, '50-mine': 'ip6tables -N mine' }));
    expect(error).toMatchObject({
      problems: [
        {
          code: 'foreign-chain',
          what: 'chain mine exists in table filter of ip6tables and holds rules that are not declared',
          given: 'ip6tables -t filter -A mine -s fd00::7/128 -j DROP',
        },
      ],
    });
    await scenario.apply({ ...PARTS, '50-mine': 'iptables -N mine' });
    expect(rules6(scenario, 'mine', 'filter')).toEqual(['-s fd00::7/128 -j DROP']);
  });

  test('to remove a chain that others use in this family, and lets go of its namesake', async () => {
    scenario.byHand6('nat', '-A OUTPUT -j GW-WEB');
    await scenario.refresh();
    const error = await errorOf(scenario.plan({ '10-v4': V4 }));
    expect(error).toMatchObject({ code: 'in-use' });
    expect(String(error)).toContain('ip6tables -t nat -A OUTPUT -j GW-WEB');
    await scenario.apply({ '20-v6': V6, '30-policy': POLICY, '90-last': LAST });
    expect(scenario.rulesOf('GW-WEB')).toBeUndefined();
  });
});
