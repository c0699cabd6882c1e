// Who owns which entry: found before, made, adopted, shared by scopes, inside containers; and what comes back when nobody holds it.
import { describe, expect, test } from 'vitest';
import { errorOf, Scenario, twoScopes } from './scenario';

const ADDRESS = 'ip addr add 192.0.2.101/24 dev eth0';
const FOUND_SET = 'create S hash:ip\nadd S 192.0.2.1\n';
const SET = 'ipset create S hash:ip';

function addresses({ host }: Scenario): string[] {
  return host.subsystems.ip
    .read()
    .split('\n')
    .filter((line) => line.startsWith('addr add 192.0.2.'))
    .map((line) => line.split(' ')[2] ?? '');
}

function sets({ host }: Scenario): string[] {
  return host.subsystems.ipset
    .read()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^(create \S+ \S+) .*/, '$1'))
    .sort();
}

describe('an entry that stands by itself', () => {
  test('that was not there is removed by a destroy', async () => {
    const scenario = new Scenario();
    await scenario.apply({ a: ADDRESS });
    expect(addresses(scenario)).toEqual(['192.0.2.6/24', '192.0.2.101/24']);
    await scenario.refresh();
    await scenario.destroy();
    expect(addresses(scenario)).toEqual(['192.0.2.6/24']);
  });

  test.each([
    ['by a destroy', undefined],
    ['by a line that is left out', { b: 'iptables -N GW-A' }],
  ] as const)('that was there and equal is adopted, and never removed %s', async (_how, next) => {
    const scenario = new Scenario();
    scenario.host.subsystems.ip.run('addr add 192.0.2.101/24 dev eth0\n');
    await scenario.apply({ a: ADDRESS });
    await scenario.refresh();
    if (next === undefined) await scenario.destroy();
    else await scenario.apply(next);
    expect(addresses(scenario)).toEqual(['192.0.2.6/24', '192.0.2.101/24']);
  });

  test.each([
    ['first made, first gone', [0, 1]],
    ['first made, last gone', [1, 0]],
  ] as const)('of two scopes goes with the last of them, %s', async (_name, [first, second]) => {
    const scopes = twoScopes();
    for (const scope of scopes) await scope.apply({ a: ADDRESS });
    await scopes[first].destroy();
    expect(addresses(scopes[0])).toContain('192.0.2.101/24');
    await scopes[second].destroy();
    expect(addresses(scopes[0])).toEqual(['192.0.2.6/24']);
    expect(scopes[0].host.manifest).toBeUndefined();
  });

  test('whose value somebody changed since is theirs, and stays', async () => {
    const scenario = new Scenario();
    await scenario.apply({ a: 'ip route add 10.41.0.0/16 via 192.0.2.9' });
    scenario.host.subsystems.ip.run('route replace 10.41.0.0/16 via 192.0.2.8\n');
    await scenario.refresh();
    await scenario.destroy();
    expect(scenario.host.subsystems.ip.read()).toContain('10.41.0.0/16 via 192.0.2.8');
  });

  test('is known from the state’s copy where the host has lost its manifest', async () => {
    const scenario = new Scenario();
    await scenario.apply({ a: ADDRESS });
    await scenario.refresh();
    scenario.host.manifest = undefined;
    expect((await scenario.refreshed()).state.parts).toEqual({ a: ADDRESS });
    await scenario.destroy();
    expect(addresses(scenario)).toEqual(['192.0.2.6/24']);
  });
});

describe('a container that we made', () => {
  test('holds what is declared and nothing else', async () => {
    const scenario = new Scenario();
    const parts = { a: `${SET}\nipset add S 192.0.2.1` };
    await scenario.apply(parts);
    scenario.host.subsystems.ipset.run('add S 192.0.2.66\n');
    expect(await scenario.refresh()).toEqual({ ...parts, '~unexpected': 'ipset add S 192.0.2.66\n' });
    await scenario.apply(parts);
    expect(sets(scenario)).toEqual(['add S 192.0.2.1', 'create S hash:ip']);
    await scenario.refresh();
    await scenario.destroy();
    expect(sets(scenario)).toEqual([]);
  });

  test('whose options somebody changed is still ours by its name, and goes', async () => {
    const scenario = new Scenario();
    await scenario.apply({
      a: 'ipvsadm -A -t 192.0.2.6:80 -s rr\nipvsadm -a -t 192.0.2.6:80 -r 10.0.0.1:80 -m',
    });
    scenario.host.subsystems.ipvs.run(
      '-E -t 192.0.2.6:80 -s lc\n-e -t 192.0.2.6:80 -r 10.0.0.1:80 -m -w 9\n',
    );
    await scenario.refresh();
    await scenario.destroy();
    expect(scenario.host.subsystems.ipvs.read()).toBe('');
  });

  test('holds what another scope declared in it: that is no drift, and not removed', async () => {
    const [ours, theirs] = twoScopes();
    await ours.apply({ a: SET });
    await theirs.apply({ b: 'ipset add S 192.0.2.7' });
    expect(await ours.refresh()).toEqual({ a: SET });
    expect(await ours.wording({ a: SET })).toBe('prior');
    await ours.apply({ a: `${SET}\nipset add S 192.0.2.1` });
    expect(sets(ours)).toEqual(['add S 192.0.2.1', 'add S 192.0.2.7', 'create S hash:ip']);
  });

  test('cannot go while another scope has something in it', async () => {
    const [ours, theirs] = twoScopes();
    await ours.apply({ a: SET });
    await theirs.apply({ b: 'ipset add S 192.0.2.7' });
    await ours.refresh();
    const error = await errorOf(ours.destroy());
    expect(error).toMatchObject({ code: 'in-use' });
    expect(String(error)).toContain(
      'set S cannot be removed, it holds what is of scope "team":\nipset add S 192.0.2.7',
    );
    await theirs.destroy();
    await ours.destroy();
    expect(sets(ours)).toEqual([]);
  });
});

describe('a container that was there', () => {
  const ADOPTED = { a: `${SET}\nipset add S 192.0.2.1` };

  function adopting(): Scenario {
    const scenario = new Scenario();
    scenario.host.subsystems.ipset.run(FOUND_SET);
    return scenario;
  }

  test('and equal is adopted, and stays with what it held', async () => {
    const scenario = adopting();
    await scenario.apply({ a: `${ADOPTED.a}\nipset add S 192.0.2.2` });
    await scenario.refresh();
    await scenario.destroy();
    expect(sets(scenario)).toEqual(['add S 192.0.2.1', 'create S hash:ip']);
  });

  test('keeps what it held also where its line is left out, which is no drift then', async () => {
    const scenario = adopting();
    await scenario.apply(ADOPTED);
    await scenario.refresh();
    await scenario.apply({ a: SET });
    expect(sets(scenario)).toEqual(['add S 192.0.2.1', 'create S hash:ip']);
    expect(await scenario.refresh()).toEqual({ a: SET });
    expect(await scenario.wording({ a: SET })).toBe('prior');
    await scenario.apply({ a: SET, b: 'iptables -N GW-A' });
    expect(await scenario.refresh()).toEqual({ a: SET, b: 'iptables -N GW-A' });
    await scenario.apply(ADOPTED);
    expect(await scenario.refresh()).toEqual(ADOPTED);
    await scenario.destroy();
    expect(sets(scenario)).toEqual(['add S 192.0.2.1', 'create S hash:ip']);
  });

  test('holds what others put there since: it is shown, and goes', async () => {
    const scenario = adopting();
    await scenario.apply(ADOPTED);
    scenario.host.subsystems.ipset.run('add S 192.0.2.66\n');
    expect(await scenario.refresh()).toEqual({ ...ADOPTED, '~unexpected': 'ipset add S 192.0.2.66\n' });
    await scenario.apply(ADOPTED);
    expect(sets(scenario)).toEqual(['add S 192.0.2.1', 'create S hash:ip']);
  });

  test('and holds what is not declared is not taken over', async () => {
    const scenario = adopting();
    expect(await errorOf(scenario.plan({ a: SET }))).toMatchObject({
      problems: [
        {
          code: 'foreign-entry',
          what: 'set S is on the host already, and holds what is not declared',
          given: 'ipset add S 192.0.2.1',
          at: 'part "a", line 1',
        },
      ],
    });
  });
});
