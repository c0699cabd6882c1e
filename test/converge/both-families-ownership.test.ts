// What a scope owns in ip6tables beside iptables: what goes with it, what stays, and what is known of it.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Question } from '../../lib/converge/host';
import { FakeHost } from '../fakes/fake-host';
import { PARTS, POLICY, policy6, rules6, V4 } from './dual-stack';
import { Scenario } from './scenario';

let scenario: Scenario;
beforeEach(async () => {
  scenario = new Scenario();
  await scenario.apply(PARTS);
});

/** What each reading asks for. */
function readsOf({ host }: Scenario): Question['reads'][] {
  const reads: Question['reads'][] = [];
  const read = host.read.bind(host);
  host.read = (question) => {
    reads.push(question.reads);
    return read(question);
  };
  return reads;
}

describe('what the scope lets go of', () => {
  test('in one family goes, also where the state no longer names it', async () => {
    scenario.state = { ...scenario.state, parts: { '10-v4': V4 } };
    scenario.memory = undefined;
    await scenario.apply({ '10-v4': V4 });
    expect(rules6(scenario, 'GW-WEB')).toBeUndefined();
    expect(rules6(scenario, 'FORWARD', 'filter')).toEqual([]);
    expect(policy6(scenario)).toBe('ACCEPT');
    expect(scenario.rulesOf('GW-WEB')).toHaveLength(1);
  });

  test('by a destroy leaves both as they were, with what others have', async () => {
    scenario.byHand6('filter', ':DOCKER-USER - [0:0]', '-A FORWARD -j DOCKER-USER');
    await scenario.refresh();
    await scenario.destroy();
    expect(scenario.host.kernel.save()).not.toMatch(/gatewright|GW-/);
    expect(scenario.host.kernel6.save()).not.toMatch(/gatewright|GW-/);
    expect(rules6(scenario, 'FORWARD', 'filter')).toEqual(['-j DOCKER-USER']);
    expect(policy6(scenario)).toBe('ACCEPT');
    expect(scenario.host.manifest).toBeUndefined();
  });

  test('of a chain of ip6tables that was there before is set back', async () => {
    const fresh = new Scenario();
    fresh.byHand6('filter', ':mine - [0:0]');
    await fresh.apply({ a: 'ip6tables -N mine\nip6tables -A mine -j DROP\niptables -N mine' });
    await fresh.refresh();
    await fresh.destroy();
    expect(rules6(fresh, 'mine', 'filter')).toEqual([]);
    expect(fresh.host.kernel.save()).not.toContain(':mine');
  });

  test.each([
    ['first made, first gone', [0, 1]],
    ['first made, last gone', [1, 0]],
  ] as const)(
    'of a policy that two scopes hold returns with the last, %s',
    async (_name, [first, second]) => {
      const host = new FakeHost();
      const scopes = [
        new Scenario(undefined, host),
        new Scenario({ name: 'team', chainPrefix: 'TEAM-' }, host),
      ] as const;
      for (const scope of scopes) await scope.apply({ a: POLICY });
      await scopes[first].destroy();
      expect(policy6(scopes[0])).toBe('DROP');
      await scopes[second].destroy();
      expect(policy6(scopes[0])).toBe('ACCEPT');
    },
  );
});

describe('what is known of a host', () => {
  test('that has lost its manifest, of rules that only ip6tables has', async () => {
    const fresh = new Scenario();
    const parts = { a: 'ip6tables -N mine\nip6tables -A mine -j DROP\nip6tables -P FORWARD DROP' };
    await fresh.apply(parts);
    await fresh.refresh();
    fresh.host.manifest = undefined;
    const { state } = await fresh.refreshed();
    expect(state.parts).toEqual(parts);
    await fresh.destroy();
    expect(fresh.host.kernel6.save()).not.toContain(':mine');
    expect(policy6(fresh)).toBe('ACCEPT');
  });

  test('at an import is of both families', async () => {
    const other = new Scenario(undefined, scenario.host);
    const { state } = await other.engine.import(other.target);
    expect(state.parts).toEqual(PARTS);
  });

  test('is asked of ip6tables only where it is declared, or was', async () => {
    const fresh = new Scenario();
    const reads = readsOf(fresh);
    await fresh.apply({ a: 'iptables -N GW-A' });
    await fresh.refresh();
    expect([...new Set(reads.flat())]).toEqual([]);
    await fresh.apply({ a: 'ip6tables -N GW-A' });
    reads.length = 0;
    await fresh.refresh();
    await fresh.plan({ a: 'iptables -N GW-A' });
    expect(reads).toEqual([['ipv6'], ['ipv6']]);
    await fresh.applyOnly({ a: 'iptables -N GW-A' });
    reads.length = 0;
    await fresh.refresh();
    expect(reads).toEqual([[]]);
  });
});
