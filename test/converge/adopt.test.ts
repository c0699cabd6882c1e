// `adopt`: what exists and is declared otherwise is changed, set back when it is let go of, and never deleted.
import { describe, expect, test } from 'vitest';
import { FakeHost } from '../fakes/fake-host';
import { ADOPTABLE, type Found } from './adoptable';
import { errorOf, Scenario } from './scenario';

function scenarioWith(found: Found, adopt: readonly string[]): Scenario {
  const host = new FakeHost();
  host.subsystems.ip.run(found.ip ?? '');
  host.subsystems.ipset.run(found.ipset ?? '');
  host.subsystems.ipvs.run(found.ipvs ?? '');
  return new Scenario(undefined, host, { adopt });
}

function entriesOf({ host }: Scenario): string {
  return Object.values(host.subsystems)
    .map((subsystem) => subsystem.read())
    .join('');
}

describe.each(ADOPTABLE)(
  '%s that exists and is declared otherwise',
  (_kind, found, line, declared, changed) => {
    test('is refused without a line of adopt, and the error says that adopt lets it be changed', async () => {
      const scenario = scenarioWith(found, []);
      const before = scenario.host.state();
      for (const verb of [scenario.plan({ a: declared }), scenario.applyOnly({ a: declared })]) {
        expect(await errorOf(verb)).toMatchObject({
          problems: [
            {
              code: 'foreign-entry',
              at: 'part "a", line 1',
              fix: expect.stringContaining('put the line of the host into adopt') as string,
            },
          ],
        });
      }
      expect(scenario.host.state()).toBe(before);
    });

    test.each([
      ['by a destroy', undefined],
      ['by its line left out, and the one of adopt with it', { b: 'iptables -N GW-A' }],
    ] as const)('is changed where adopt names it as it is, and set back %s', async (_how, next) => {
      const scenario = scenarioWith(found, [line]);
      const before = entriesOf(scenario);
      const { notes } = await scenario.plan({ a: declared });
      expect(notes).toContainEqual(
        expect.objectContaining({
          summary: '192.0.2.1:22: what is there already is adopted and changed',
          attribute: 'adopt',
        }),
      );
      await scenario.apply({ a: declared });
      expect(entriesOf(scenario)).toContain(changed);
      expect(await scenario.refresh()).toEqual({ a: declared });
      expect(await scenario.wording({ a: declared })).toBe('prior');
      const after = new Scenario(undefined, scenario.host);
      Object.assign(after, { state: scenario.state, memory: scenario.memory });
      if (next === undefined) await after.destroy();
      else await after.apply(next);
      expect(entriesOf(after)).toBe(before);
    });

    test('is not changed where it is another by now than adopt says', async () => {
      const scenario = scenarioWith(found, [declared]);
      const before = scenario.host.state();
      const error = await errorOf(scenario.plan({ a: declared }));
      expect(error).toMatchObject({
        problems: [{ code: 'adopt-other', at: 'adopt[0], line 1', attribute: 'adopt' }],
      });
      expect(scenario.host.state()).toBe(before);
    });
  },
);

describe('a container that adopt names', () => {
  const FOUND = { ipset: 'create S hash:ip\nadd S 192.0.2.1\nadd S 192.0.2.2\n' };
  const LINE = 'ipset create S hash:ip';

  test('is taken over with all that it holds, which stays, and is no drift; what comes later goes', async () => {
    const scenario = scenarioWith(FOUND, [LINE]);
    const parts = { a: `${LINE}\nipset add S 192.0.2.3` };
    await scenario.apply(parts);
    expect(await scenario.refresh()).toEqual(parts);
    scenario.host.subsystems.ipset.run('add S 192.0.2.66\n');
    expect(await scenario.refresh()).toEqual({ ...parts, '~unexpected': 'ipset add S 192.0.2.66\n' });
    await scenario.apply(parts);
    expect(scenario.host.subsystems.ipset.read()).toMatch(/192\.0\.2\.1\n.*192\.0\.2\.2\n.*192\.0\.2\.3\n$/s);
    await scenario.refresh();
    await scenario.destroy();
    expect(scenario.host.subsystems.ipset.read()).toMatch(/192\.0\.2\.1\nadd S 192\.0\.2\.2\n$/);
  });

  test('lets what is in it be changed too, and set back', async () => {
    const ipvs = '-A -t 192.0.2.6:80 -s rr\n-a -t 192.0.2.6:80 -r 10.0.0.1:80 -m -w 1\n';
    const scenario = scenarioWith({ ipvs }, ['ipvsadm -A -t 192.0.2.6:80 -s rr']);
    const before = entriesOf(scenario);
    await scenario.apply({
      a: 'ipvsadm -A -t 192.0.2.6:80 -s wrr\nipvsadm -a -t 192.0.2.6:80 -r 10.0.0.1:80 -m -w 5',
    });
    expect(scenario.host.subsystems.ipvs.read()).toContain('-w 5');
    await scenario.refresh();
    await scenario.destroy();
    expect(entriesOf(scenario)).toBe(before);
  });

  test('need not be named where each thing in it is', async () => {
    const scenario = scenarioWith(FOUND, ['ipset add S 192.0.2.1', 'ipset add S 192.0.2.2']);
    await scenario.apply({ a: LINE });
    expect(await scenario.refresh()).toEqual({ a: LINE });
    await scenario.destroy();
    expect(scenario.host.subsystems.ipset.read()).toContain('add S 192.0.2.2');
    const one = scenarioWith(FOUND, ['ipset add S 192.0.2.1']);
    expect(await errorOf(one.plan({ a: LINE }))).toMatchObject({
      problems: [{ code: 'foreign-entry', given: 'ipset add S 192.0.2.2' }],
    });
  });

  test('keeps the type of a set: another one is refused', async () => {
    const scenario = scenarioWith(FOUND, [LINE]);
    expect(await errorOf(scenario.plan({ a: 'ipset create S hash:net' }))).toMatchObject({
      problems: [
        { code: 'foreign-entry', allowed: 'adopt lets options change, and neither type nor family of a set' },
      ],
    });
  });

  test.each([
    ['comment', 'comment', 'comment "theirs"', 'on the host: ipset add S 192.0.2.1 comment theirs'],
    ['skbinfo', 'skbinfo', 'skbprio 1:10', 'on the host: ipset add S 192.0.2.1 skbprio 1:10'],
  ])(
    'keeps what its members need: a set without %s is refused at plan',
    async (_word, option, said, shown) => {
      const line = `${LINE} ${option}`;
      const found = { ipset: `create S hash:ip ${option}\nadd S 192.0.2.1 ${said}\nadd S 192.0.2.2\n` };
      const scenario = scenarioWith(found, [line]);
      const before = scenario.host.state();
      for (const verb of [scenario.plan({ a: LINE }), scenario.applyOnly({ a: LINE })]) {
        expect(await errorOf(verb)).toMatchObject({
          problems: [{ code: 'set-members', at: 'part "a", line 1', given: `${LINE}\n${shown}` }],
        });
      }
      expect(scenario.host.state()).toBe(before);
      await scenario.apply({ a: line });
      await scenario.refresh();
      expect(await errorOf(scenario.plan({ a: LINE }))).toMatchObject({
        problems: [{ code: 'set-members' }],
      });
    },
  );

  test.each([
    ['fewer than were found', FOUND, LINE, `${LINE} maxelem 1`],
    ['no more than were found, and one is declared', FOUND, LINE, `${LINE} maxelem 2\nipset add S 192.0.2.3`],
    [
      'no more than were found, as it is, and one is declared',
      { ipset: 'create S hash:ip maxelem 2\nadd S 192.0.2.1\nadd S 192.0.2.2\n' },
      `${LINE} maxelem 2`,
      `${LINE} maxelem 2\nipset add S 192.0.2.3`,
    ],
  ])('has room for %s: refused at plan', async (_what, found, line, declared) => {
    const scenario = scenarioWith(found, [line]);
    const before = scenario.host.state();
    expect(await errorOf(scenario.plan({ a: declared }))).toMatchObject({
      problems: [{ code: 'set-members' }],
    });
    expect(scenario.host.state()).toBe(before);
  });

  test('may lose what only members of ours needed, that go with it', async () => {
    const scenario = scenarioWith({ ipset: 'create S hash:ip comment\nadd S 192.0.2.1\n' }, [
      `${LINE} comment`,
    ]);
    await scenario.apply({ a: `${LINE} comment\nipset add S 192.0.2.9 comment ours` });
    await scenario.refresh();
    await scenario.apply({ a: LINE });
    expect(scenario.host.subsystems.ipset.read()).toMatch(
      /^create S hash:ip (?!.*comment).*\nadd S 192\.0\.2\.1\n$/,
    );
  });

  test('keeps what a found member needs that comes back', async () => {
    const line = `${LINE} comment`;
    const found = { ipset: 'create S hash:ip comment\nadd S 192.0.2.1 comment "theirs"\n' };
    const scenario = scenarioWith(found, [line]);
    await scenario.apply({ a: `${line}\nipset add S 192.0.2.1 comment ours` });
    await scenario.refresh();
    expect(await errorOf(scenario.plan({ a: LINE }))).toMatchObject({
      problems: [{ code: 'set-members', given: expect.stringContaining('comment theirs') as string }],
    });
  });

  test('that is held already is not made another type while what was found in it stays', async () => {
    const scenario = scenarioWith(FOUND, [LINE]);
    await scenario.apply({ a: LINE });
    await scenario.refresh();
    expect(await errorOf(scenario.plan({ a: 'ipset create S hash:ip,port' }))).toMatchObject({
      problems: [{ code: 'set-members' }],
    });
  });

  test('is remembered by the copy in the state too', async () => {
    const scenario = scenarioWith(FOUND, [LINE]);
    await scenario.apply({ a: `${LINE} maxelem 100`, b: 'iptables -N GW-A' });
    await scenario.refresh();
    scenario.host.manifest = undefined;
    expect(await scenario.refresh()).toEqual({ a: `${LINE} maxelem 100`, b: 'iptables -N GW-A' });
    await scenario.destroy();
    expect(scenario.host.subsystems.ipset.read()).toMatch(
      /^create S hash:ip (?!.*maxelem 100\b).*\nadd S 192\.0\.2\.1\nadd S 192\.0\.2\.2\n$/,
    );
  });
});

describe('a chain that adopt names', () => {
  const PARTS = { a: 'iptables -t nat -N mine\niptables -t nat -A mine -j RETURN' };

  test('is still taken over only when it is empty or equal, and the error says so', async () => {
    const scenario = scenarioWith({}, ['iptables -t nat -N mine']);
    scenario.byHand(':mine - [0:0]', '-A mine -j ACCEPT');
    expect(await errorOf(scenario.plan(PARTS))).toMatchObject({
      problems: [
        {
          code: 'foreign-chain',
          allowed:
            'a chain that exists is taken over only when it is empty or equal rule for rule, also where adopt names it',
        },
      ],
    });
  });

  test('is set back when it was empty', async () => {
    const scenario = scenarioWith({}, ['iptables -t nat -N mine']);
    scenario.byHand(':mine - [0:0]');
    await scenario.apply(PARTS);
    await scenario.refresh();
    await scenario.destroy();
    expect(scenario.rulesOf('mine')).toEqual([]);
  });
});
