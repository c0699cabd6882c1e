// A chain prefix that somebody else on the host has is refused by every verb: another scope's, and kube-proxy's.
import { describe, expect, test } from 'vitest';
import { FakeHost } from '../fakes/fake-host';
import { errorOf, NEVER, Scenario } from './scenario';

const RULES = { a: 'iptables -t nat -A OUTPUT -s 10.0.0.1 -j RETURN' };

/** What each verb says of this host. */
async function refusals(scenario: Scenario): Promise<Readonly<Record<string, unknown>>> {
  const { engine, target } = scenario;
  const prior = scenario.state ?? { parts: RULES };
  const request = { parts: RULES, moved: false, settings: '{}' };
  return {
    refresh: await errorOf(engine.refresh(target, prior, undefined)),
    plan: await errorOf(engine.plan(target, { ...request, unknownParts: [] })),
    'plan after a refresh': await errorOf(
      engine.plan(target, { ...request, prior: { parts: {} }, unknownParts: [] }),
    ),
    apply: await errorOf(engine.apply(target, request, NEVER)),
    planDestroy: await errorOf(engine.planDestroy(target, prior, undefined)),
    destroy: await errorOf(engine.destroy(target, prior, undefined, NEVER)),
    import: await errorOf(engine.import(target)),
  };
}

describe('the prefix of another scope', () => {
  test.each([
    ['the same', 'TEAM-', 'TEAM-'],
    ['one that begins with theirs', 'TEAM-', 'TEAM-A-'],
    ['one with which theirs begins', 'TEAM-A-', 'TEAM-'],
  ])('%s is refused by every verb, with both names', async (_how, theirs, ours) => {
    const host = new FakeHost();
    await new Scenario({ name: 'team', chainPrefix: theirs }, host).apply(RULES);
    const before = host.state();
    for (const [verb, error] of Object.entries(
      await refusals(new Scenario({ name: 'new', chainPrefix: ours }, host)),
    )) {
      expect(error, verb).toMatchObject({
        code: 'prefix-taken',
        message: `192.0.2.1:22: chain prefix ${ours} collides with ${theirs} of scope "team" on this host`,
      });
    }
    expect(host.state()).toBe(before);
  });
});

describe('kube-proxy on the host, and the prefix KUBE-', () => {
  const KUBE = { name: 'default', chainPrefix: 'KUBE-' };

  test.each([
    [
      'its canary',
      (host: FakeHost) => {
        host.kernel.restore('*mangle\n:KUBE-PROXY-CANARY - [0:0]\nCOMMIT\n', { noflush: true });
      },
      'chain KUBE-PROXY-CANARY in table mangle',
    ],
    [
      'the canary of the kubelet',
      (host: FakeHost) => {
        host.kernel.restore('*nat\n:KUBE-KUBELET-CANARY - [0:0]\nCOMMIT\n', { noflush: true });
      },
      'chain KUBE-KUBELET-CANARY in table nat',
    ],
    [
      'a rule of its own',
      (host: FakeHost) => {
        const rule = '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES';
        host.kernel.restore(`*nat\n:KUBE-SERVICES - [0:0]\n${rule}\nCOMMIT\n`, { noflush: true });
      },
      'iptables -t nat -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    ],
    [
      'its process',
      (host: FakeHost) => (host.around.kubeProxy = '/proc/4711\n'),
      'process kube-proxy, /proc/4711',
    ],
  ])('are refused together by every verb: %s', async (_trace, arrive, shown) => {
    const host = new FakeHost();
    arrive(host);
    const before = host.state();
    for (const [verb, error] of Object.entries(await refusals(new Scenario(KUBE, host)))) {
      expect(error, verb).toMatchObject({ code: 'prefix-taken' });
      expect(String(error), verb).toContain(`kube-proxy is on this host:\n${shown}`);
    }
    expect(host.state()).toBe(before);
  });

  test('that came later than the scope keeps a destroy from taking its chains', async () => {
    const scenario = new Scenario(KUBE);
    await scenario.apply({ a: 'iptables -t nat -A OUTPUT -j KUBE-OURS\niptables -t nat -N KUBE-OURS' });
    scenario.byHand(':KUBE-PROXY-CANARY - [0:0]', ':KUBE-SVC-X - [0:0]', '-A KUBE-SVC-X -j RETURN');
    expect(await errorOf(scenario.destroy())).toMatchObject({ code: 'prefix-taken' });
    expect(scenario.rulesOf('KUBE-SVC-X')).toEqual(['-j RETURN']);
  });

  test('is fine with any other prefix', async () => {
    const scenario = new Scenario();
    scenario.host.around.kubeProxy = '/proc/4711\n';
    scenario.byHand(':KUBE-PROXY-CANARY - [0:0]');
    await scenario.apply(RULES);
    expect(await scenario.refresh()).toEqual(RULES);
  });
});
