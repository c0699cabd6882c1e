// Who owns what on a host: scopes side by side, found values, adopted chains, and what belongs to others.
import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../lib/model/errors';
import { errorOf, PARTS, Scenario, twoScopes } from './scenario';

const FORWARDING = { a: 'sysctl net.ipv4.ip_forward=1\niptables -P FORWARD DROP' };

function policyOf({ host }: Scenario): string | undefined {
  return /^:FORWARD (\S+)/m.exec(host.kernel.save())?.[1];
}

describe('values that were found', () => {
  test.each([
    ['first made, first gone', [0, 1]],
    ['first made, last gone', [1, 0]],
  ] as const)('return when the last of two scopes lets go, %s', async (_name, [first, second]) => {
    const scopes = twoScopes();
    for (const scope of scopes) await scope.apply(FORWARDING);
    await scopes[first].destroy();
    expect(scopes[0].host.sysctls.get('net.ipv4.ip_forward')).toBe('1');
    expect(policyOf(scopes[0])).toBe('DROP');
    await scopes[second].destroy();
    expect(scopes[0].host.sysctls.get('net.ipv4.ip_forward')).toBe('0');
    expect(policyOf(scopes[0])).toBe('ACCEPT');
    expect(scopes[0].host.manifest).toBeUndefined();
  });

  test('return when the line is left out, also where the state no longer names it', async () => {
    const scenario = new Scenario();
    await scenario.apply({ a: `${FORWARDING.a}\niptables -N GW-A` });
    scenario.memory = undefined;
    await scenario.apply({ a: 'iptables -N GW-A' });
    expect(scenario.host.sysctls.get('net.ipv4.ip_forward')).toBe('0');
    expect(policyOf(scenario)).toBe('ACCEPT');
  });

  test('do not return where somebody set another since', async () => {
    const scenario = new Scenario();
    scenario.host.sysctls.set('net.ipv4.conf.all.rp_filter', '0');
    await scenario.apply({ a: 'sysctl net.ipv4.conf.all.rp_filter=1' });
    scenario.host.sysctls.set('net.ipv4.conf.all.rp_filter', '2');
    await scenario.refresh();
    await scenario.destroy();
    expect(scenario.host.sysctls.get('net.ipv4.conf.all.rp_filter')).toBe('2');
  });

  test('cannot be two at once: the plan names the other scope, part and line', async () => {
    const [first, second] = twoScopes();
    await first.apply(FORWARDING);
    const error = await errorOf(
      second.plan({ b: '\nsysctl net.ipv4.ip_forward=0\niptables -P FORWARD ACCEPT' }),
    );
    expect(error).toMatchObject({
      problems: [
        { code: 'found-value-held', given: '0, but 1 in scope "default"', at: 'part "b", line 2' },
        { code: 'found-value-held', given: 'ACCEPT, but DROP in scope "default"', at: 'part "b", line 3' },
      ],
    });
  });
});

describe('a chain that exists and is declared with -N', () => {
  const LINES = { a: 'iptables -t nat -N mine\niptables -t nat -A mine -j RETURN' };

  test.each([
    ['empty', [':mine - [0:0]']],
    ['equal', [':mine - [0:0]', '-A mine -j RETURN']],
    ['used by others', [':mine - [0:0]', '-A OUTPUT -j mine']],
  ])('is adopted when it is %s, and set back on destroy', async (_name, lines) => {
    const scenario = new Scenario();
    scenario.byHand(...lines);
    const before = scenario.host.kernel.save();
    await scenario.apply(LINES);
    await scenario.refresh();
    await scenario.apply({ a: `${LINES.a}\niptables -t nat -I mine -s 10.0.0.1 -j ACCEPT` });
    expect(scenario.rulesOf('mine')).toEqual(['-s 10.0.0.1/32 -j ACCEPT', '-j RETURN']);
    await scenario.refresh();
    expect(await scenario.planDestroy()).toEqual([]);
    await scenario.destroy();
    expect(scenario.host.kernel.save()).toBe(before);
  });

  test('is adopted when it is equal in the words of the host', async () => {
    const scenario = new Scenario();
    scenario.byHand(':mine - [0:0]', '-A mine -m string --algo bm --string foo -j RETURN');
    await scenario.apply({
      a: 'iptables -t nat -N mine\niptables -t nat -A mine -m string --algo bm --string foo -j RETURN',
    });
    expect(scenario.state?.id).toBeDefined();
  });

  test('is refused when it holds other rules', async () => {
    const scenario = new Scenario();
    scenario.byHand(':mine - [0:0]', '-A mine -j ACCEPT');
    const error = await errorOf(scenario.plan(LINES));
    expect(error).toMatchObject({
      problems: [
        { code: 'foreign-chain', at: 'part "a", line 1', given: 'iptables -t nat -A mine -j ACCEPT' },
      ],
    });
  });
});

describe('prefixes', () => {
  const RULE = { a: 'iptables -t nat -A OUTPUT -s 10.0.0.1 -j RETURN' };

  test.each(['GW-', 'GW-A-'])('%s collides with GW- of the other scope', async (chainPrefix) => {
    const first = new Scenario();
    await first.apply(PARTS);
    const second = new Scenario({ name: 'team', chainPrefix }, first.host);
    expect(await errorOf(second.plan(RULE))).toMatchObject({ code: 'prefix-taken' });
    expect(await errorOf(second.applyOnly(RULE))).toMatchObject({ code: 'prefix-taken' });
  });

  test('G- does not collide with GW-', async () => {
    const first = new Scenario();
    await first.apply(PARTS);
    const second = new Scenario({ name: 'team', chainPrefix: 'G-' }, first.host);
    await second.apply(RULE);
    expect(await first.refresh()).toEqual(PARTS);
  });

  test('two scopes share a foreign chain, and each destroys its own rules alone', async () => {
    const [first, second] = twoScopes();
    await first.apply({ a: 'iptables -t nat -A OUTPUT -s 10.0.0.1 -j RETURN' });
    await second.apply({ a: 'iptables -t nat -A OUTPUT -s 10.0.0.1 -j RETURN' });
    expect(first.rulesOf('OUTPUT')).toHaveLength(2);
    await first.destroy();
    expect(second.rulesOf('OUTPUT')).toEqual([
      '-s 10.0.0.1/32 -m comment --comment "gatewright:team" -j RETURN',
    ]);
    expect(await second.refresh()).toEqual({ a: 'iptables -t nat -A OUTPUT -s 10.0.0.1 -j RETURN' });
  });
});

describe('what belongs to others', () => {
  test('a rule that uses a chain of ours keeps it from going: plan and destroy are refused and name it', async () => {
    const scenario = new Scenario();
    await scenario.apply(PARTS);
    scenario.byHand('-A OUTPUT -s 10.0.0.1/32 -m time --timestart 09:00 --timestop 10:00 -j GW-SEP-B');
    await scenario.refresh();
    const refused = {
      code: 'in-use',
      message: expect.stringContaining(
        'chain GW-SEP-B cannot be removed, a rule of others uses it:\niptables -t nat -A OUTPUT -s 10.0.0.1/32 -m time',
      ) as string,
    };
    const fewer = { ...PARTS, '50-service web': 'iptables -t nat -N GW-SVC-WEB' };
    expect(await errorOf(scenario.plan(fewer))).toMatchObject(refused);
    expect(await errorOf(scenario.planDestroy())).toMatchObject(refused);
    expect(await errorOf(scenario.destroy())).toMatchObject(refused);
    expect(await scenario.wording(PARTS)).toBe('prior');
  });

  test.each([
    [
      'a chain that the host does not have',
      'iptables -t nat -A DOCKER-USER -j RETURN',
      'the host has no chain',
    ],
    ['a jump to one', 'iptables -t nat -A OUTPUT -j DOCKER-USER', 'the rule jumps to chain DOCKER-USER'],
  ])('%s fails the plan with part and line', async (_name, line, what) => {
    const scenario = new Scenario();
    const error = await errorOf(scenario.plan({ a: line }));
    expect(error).toBeInstanceOf(InvalidInput);
    expect(error).toMatchObject({
      problems: [{ code: 'unknown-chain', what: expect.stringContaining(what) as string, part: 'a' }],
    });
    scenario.byHand(':DOCKER-USER - [0:0]');
    await scenario.apply({ a: line });
    expect(await scenario.refresh()).toEqual({ a: line });
  });

  test.each([
    ['its rules', 'iptables -t nat -A mine -j RETURN'],
    ['a jump to it', 'iptables -t nat -A OUTPUT -j mine'],
  ])('a chain of ours whose -N is left out while %s stays fails the plan', async (_name, line) => {
    const scenario = new Scenario();
    await scenario.apply({ a: `iptables -t nat -N mine\n${line}` });
    await scenario.refresh();
    const error = await errorOf(scenario.plan({ a: line }));
    expect(error).toMatchObject({
      problems: [
        { code: 'unknown-chain', what: expect.stringContaining('a -N line that is now left out') as string },
      ],
    });
  });

  test('a sysctl that the kernel has not fails the plan', async () => {
    const error = await errorOf(new Scenario().plan({ a: 'sysctl net.ipv4.nosuch=1' }));
    expect(error).toMatchObject({ problems: [{ code: 'unknown-sysctl', at: 'part "a", line 1' }] });
  });
});

describe('another id on the host', () => {
  async function replaced(): Promise<Scenario> {
    const scenario = new Scenario();
    await scenario.apply(PARTS);
    scenario.state = { ...scenario.state, id: '00000000-0000-4000-8000-000000000000', parts: PARTS };
    return scenario;
  }

  test('is told by the refresh, which keeps the state id, and refuses plan and apply', async () => {
    const scenario = await replaced();
    const { state, notes } = await scenario.refreshed();
    expect(state.id).toBe('00000000-0000-4000-8000-000000000000');
    expect(notes).toEqual([expect.objectContaining({ attribute: 'id' })]);
    const other = { ...PARTS, '90-last': 'iptables -t nat -N GW-A' };
    expect(await errorOf(scenario.plan(other))).toMatchObject({ code: 'other-host' });
    expect(await errorOf(scenario.applyOnly(other))).toMatchObject({ code: 'other-host' });
  });

  test('keeps a destroy from removing anything, with a warning', async () => {
    const scenario = await replaced();
    const before = scenario.host.state();
    const warning = [
      expect.objectContaining({ summary: expect.stringContaining('nothing is removed there') as string }),
    ];
    expect(await scenario.planDestroy()).toEqual(warning);
    expect(await scenario.destroy()).toEqual(warning);
    expect(scenario.host.state()).toBe(before);
  });

  test('refuses a move to a host that has none', async () => {
    const scenario = await replaced();
    const elsewhere = new Scenario();
    const prior = scenario.state;
    if (prior === undefined) throw new Error('no state');
    const request = { prior, parts: PARTS, unknownParts: [], moved: true };
    expect(await errorOf(elsewhere.engine.plan(elsewhere.target, request))).toMatchObject({
      code: 'other-host',
    });
  });
});

describe('a lost manifest', () => {
  test('is made good from the copy in the state, and the plan says so', async () => {
    const scenario = new Scenario();
    scenario.byHand(':kept - [0:0]');
    const parts = {
      a: `${FORWARDING.a}\niptables -t nat -N mine\niptables -t nat -N kept\niptables -t nat -A kept -j mine`,
    };
    await scenario.apply(parts);
    await scenario.refresh();
    const { id } = scenario.state ?? {};
    scenario.host.manifest = undefined;
    const { state, notes } = await scenario.refreshed();
    expect(state).toEqual({ id, parts });
    expect(notes).toEqual([
      expect.objectContaining({ summary: '192.0.2.1:22 has lost its memory of scope "default"' }),
    ]);
    await scenario.destroy();
    expect(scenario.host.sysctls.get('net.ipv4.ip_forward')).toBe('0');
    expect(policyOf(scenario)).toBe('ACCEPT');
    expect(scenario.rulesOf('mine')).toBeUndefined();
    expect(scenario.rulesOf('kept')).toEqual([]);
  });

  test('without a copy leaves what is marked or prefixed', async () => {
    const scenario = new Scenario();
    await scenario.apply(PARTS);
    scenario.host.manifest = undefined;
    scenario.memory = undefined;
    await scenario.destroy();
    expect(scenario.host.kernel.save()).not.toMatch(/GW-|gatewright/);
  });
});
