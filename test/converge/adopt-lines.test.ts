// Lines of `adopt` that are refused, with their number, and those that find nothing.
import { describe, expect, test } from 'vitest';
import type { Parts } from '../../lib/model/declaration';
import { FakeHost } from '../fakes/fake-host';
import { errorOf, Scenario } from './scenario';

function adopting(adopt: readonly string[]): Scenario {
  return new Scenario(undefined, new FakeHost(), { adopt });
}

function entriesOf({ host }: Scenario): string {
  return Object.values(host.subsystems)
    .map((subsystem) => subsystem.read())
    .join('');
}

describe('a line of adopt', () => {
  const PARTS: Parts = { a: 'ip route add 10.41.0.0/16 via 192.0.2.8' };

  test.each([
    [
      'that names nothing declared',
      ['ip route add 10.42.0.0/16 via 192.0.2.9'],
      'adopt-undeclared',
      'adopt[0], line 1',
    ],
    [
      'that names a chain which nobody declares',
      ['# why', 'iptables -N mine'],
      'adopt-undeclared',
      'adopt[1], line 1',
    ],
    ['of a rule', ['iptables -A INPUT -j DROP'], 'adopt-kind', 'adopt[0], line 1'],
    ['of a policy', ['iptables -P INPUT DROP'], 'adopt-kind', 'adopt[0], line 1'],
    ['of a sysctl', ['sysctl net.ipv4.ip_forward=0'], 'adopt-kind', 'adopt[0], line 1'],
    ['that is no line', ['', 'ip route add 10.41.0.0/16'], 'device-missing', 'adopt[1], line 1'],
    [
      'that says another thing than the one before',
      ['ip route add 10.41.0.0/16 via 192.0.2.9', 'ip route add 10.41.0.0/16 via 192.0.2.7'],
      'two-values',
      'adopt[1], line 1',
    ],
  ])('%s is refused with its number, host or no host', async (_how, adopt, code, at) => {
    const scenario = adopting(adopt);
    const problem = { code, at, attribute: 'adopt' };
    for (const error of [
      await errorOf(scenario.plan(PARTS)),
      await errorOf(scenario.applyOnly(PARTS)),
      await errorOf(
        Promise.resolve().then(() => {
          scenario.engine.validate(scenario.target.scope, PARTS, adopt);
        }),
      ),
    ]) {
      expect(error).toMatchObject({ problems: [problem] });
      expect(error).not.toHaveProperty('problems.0.part');
    }
    expect(scenario.host.calls.filter((call) => call === 'prove')).toEqual([]);
  });

  test('that finds nothing on the host is a warning: it is made, and goes with a destroy', async () => {
    const scenario = adopting(['ip route add 10.41.0.0/16 via 192.0.2.9']);
    const before = entriesOf(scenario);
    const { notes } = await scenario.plan(PARTS);
    expect(notes).toEqual([
      expect.objectContaining({
        summary: '192.0.2.1:22: a line of adopt finds nothing',
        detail: expect.stringContaining(
          'adopt[0], line 1: ip route add 10.41.0.0/16 via 192.0.2.9',
        ) as string,
      }),
    ]);
    await scenario.apply(PARTS);
    await scenario.refresh();
    await scenario.destroy();
    expect(entriesOf(scenario)).toBe(before);
  });

  test('may name what a part that is not known yet declares', async () => {
    const scenario = adopting(['ip route add 10.42.0.0/16 via 192.0.2.9']);
    expect((await scenario.plan(PARTS, ['b'])).wording).toBe('declared');
  });

  test('does not take what another scope declares', async () => {
    const host = new FakeHost();
    const team = { name: 'team', chainPrefix: 'TEAM-' };
    await new Scenario(team, host).apply({ a: 'ip route add 10.41.0.0/16 via 192.0.2.9' });
    const scenario = new Scenario(undefined, host, { adopt: ['ip route add 10.41.0.0/16 via 192.0.2.9'] });
    expect(await errorOf(scenario.plan(PARTS))).toMatchObject({ problems: [{ code: 'held-by-scope' }] });
  });

  test('that is added later changes nothing of what is held already', async () => {
    const scenario = adopting([]);
    await scenario.apply(PARTS);
    await scenario.refresh();
    const later = new Scenario(undefined, scenario.host, {
      adopt: ['ip route add 10.41.0.0/16 via 192.0.2.9'],
    });
    Object.assign(later, { state: scenario.state, memory: scenario.memory });
    expect((await later.plan({ ...PARTS, b: '# more' })).notes).toEqual([]);
    await later.applyOnly(PARTS);
    expect(await later.refresh()).toEqual(PARTS);
  });
});
