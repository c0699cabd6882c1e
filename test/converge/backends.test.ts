// Two back-ends of iptables on one host: ours in the one that is not in use is refused, others' there is told.
import { describe, expect, test } from 'vitest';
import { toOtherBackend } from '../../lib/converge/backends';
import { EMPTY_MANIFEST, parseManifest, printManifest } from '../../lib/converge/manifest';
import type { FakeHost } from '../fakes/fake-host';
import { errorOf, NEVER, Scenario } from './scenario';

const PARTS = { a: 'iptables -t nat -A OUTPUT -s 10.0.0.1 -j GW-A\niptables -t nat -N GW-A' };

function beside(host: FakeHost, table: string, ...lines: string[]): void {
  host.around.beside.ipv4.restore(`*${table}\n${lines.join('\n')}\nCOMMIT\n`, { noflush: true });
}

/** What each verb says. */
async function refusals(scenario: Scenario): Promise<Readonly<Record<string, unknown>>> {
  const { engine, target } = scenario;
  const prior = { ...(scenario.state ?? { parts: PARTS }), parts: { ...PARTS, b: 'iptables -N GW-B' } };
  const request = { parts: PARTS, moved: false, settings: '{}' };
  return {
    refresh: await errorOf(engine.refresh(target, prior, scenario.memory)),
    plan: await errorOf(engine.plan(target, { ...request, prior, unknownParts: [] })),
    apply: await errorOf(engine.apply(target, { ...request, prior }, NEVER)),
    planDestroy: await errorOf(engine.planDestroy(target, prior, scenario.memory)),
    destroy: await errorOf(engine.destroy(target, prior, scenario.memory, NEVER)),
    import: await errorOf(engine.import(target)),
  };
}

/** `iptables` is made to mean the other one. */
function switchBackend(host: FakeHost): void {
  const [ipv4, ipv6] = [host.kernel.save(), host.kernel6.save()];
  for (const [kernel, text] of [
    [host.kernel, ipv4],
    [host.kernel6, ipv6],
  ] as const) {
    const emptied = text.replace(/^(-A .*|:\S+ - .*)\n/gm, '').replace(/ DROP /g, ' ACCEPT ');
    kernel.restore(emptied, { noflush: false });
  }
  host.around.beside.ipv4.restore(ipv4, { noflush: false });
  host.around.beside.ipv6.restore(ipv6, { noflush: false });
  host.around.backend = host.around.backend === 'nft' ? 'legacy' : 'nft';
}

describe('what the scope has in the back-end that is not in use', () => {
  test.each([
    ['a chain with its prefix', PARTS.a],
    ['a rule with its mark', 'iptables -A INPUT -s 10.0.0.1 -j DROP'],
    ['a chain by -N', 'iptables -N mine'],
    ['a policy', 'iptables -P FORWARD DROP'],
    ['a rule of IPv6', 'ip6tables -A INPUT -s fd00::1 -j DROP'],
  ])('is refused by every verb, with the way back: %s', async (_what, text) => {
    const scenario = new Scenario();
    await scenario.apply({ a: text });
    await scenario.refresh();
    switchBackend(scenario.host);
    const before = scenario.host.state();
    for (const [verb, error] of Object.entries(await refusals(scenario))) {
      expect(error, verb).toMatchObject({
        code: 'two-backends',
        message: expect.stringMatching(
          /: scope "default" holds its rules in the other back-end of iptables: iptables is legacy there, and in nft stand\nip6?tables-nft -t /,
        ) as string,
        fix: expect.stringContaining('update-alternatives --set iptables /usr/sbin/iptables-nft') as string,
      });
    }
    expect(scenario.host.state()).toBe(before);
  });

  test('is refused where both hold something of it, with its lines', async () => {
    const scenario = new Scenario();
    await scenario.apply(PARTS);
    beside(
      scenario.host,
      'nat',
      ':GW-A - [0:0]',
      '-A OUTPUT -m comment --comment "gatewright:default" -j GW-A',
    );
    expect(await errorOf(scenario.plan({ ...PARTS, b: 'iptables -N GW-B' }))).toMatchObject({
      code: 'two-backends',
      message: [
        '192.0.2.1:22: scope "default" holds rules in both back-ends of iptables: iptables is nft there, and in legacy stand',
        'iptables-legacy -t nat -A OUTPUT -m comment --comment "gatewright:default" -j GW-A',
        'iptables-legacy -t nat -N GW-A',
      ].join('\n'),
      fix: expect.stringContaining('iptables-legacy-save shows it') as string,
    });
  });

  test('is not what others have there under names that ours have here', async () => {
    const scenario = new Scenario();
    const parts = { a: 'iptables -t nat -N mine\niptables -P FORWARD DROP' };
    await scenario.apply(parts);
    beside(scenario.host, 'nat', ':mine - [0:0]');
    beside(scenario.host, 'filter', ':FORWARD DROP [0:0]', '-A FORWARD -m comment --comment gatewright:team');
    expect(await scenario.refresh()).toEqual(parts);
  });
});

describe('what others have in the back-end that is not in use', () => {
  test('is told by a plan, since packets pass it too', async () => {
    const scenario = new Scenario();
    beside(scenario.host, 'filter', ':INPUT DROP [0:0]', '-A INPUT -p tcp -j ACCEPT', ':DOCKER - [0:0]');
    const { notes } = await scenario.plan(PARTS);
    expect(notes).toEqual([
      {
        summary: '192.0.2.1:22: others have rules in the legacy back-end of iptables',
        detail: [
          'Packets pass them beside all that iptables shows there (nft), and a plan does not look at them:',
          'iptables-legacy -t filter -P INPUT DROP',
          'iptables-legacy -t filter -A INPUT -p tcp -j ACCEPT',
        ].join('\n'),
      },
    ]);
  });

  test('is no word worth where it is nothing but tables and chains', async () => {
    const scenario = new Scenario();
    beside(scenario.host, 'filter', ':INPUT ACCEPT [0:0]', ':DOCKER - [0:0]');
    expect((await scenario.plan(PARTS)).notes).toEqual([]);
  });

  test('may hide rules from iptables, but must not be cut', () => {
    const hidden = "# Table `nat' is incompatible, use 'nft' tool.\n";
    expect(toOtherBackend('legacy', { ipv4: hidden })?.chains).toEqual(new Map());
    expect(() => toOtherBackend('legacy', { ipv4: '*nat\n:OUTPUT ACCEPT [0:0]\n' })).toThrow(
      /COMMIT is missing/,
    );
    expect(toOtherBackend(undefined, { ipv4: hidden })).toBeUndefined();
  });
});

test('the manifest keeps in which back-end a scope is; one that does not say is taken as it is', async () => {
  const scenario = new Scenario();
  await scenario.apply(PARTS);
  const text = scenario.host.manifest ?? '';
  expect(parseManifest(text).scopes['default']).toMatchObject({ backend: 'nft' });
  const old = text.replace(/,\s*"backend": "nft"/, '');
  expect(parseManifest(old).scopes['default']).not.toHaveProperty('backend');
  expect(() => parseManifest(text.replace('"nft"', '"other"'))).toThrow('not a manifest of version 1');
  expect(parseManifest(printManifest(EMPTY_MANIFEST))).toEqual(EMPTY_MANIFEST);
});
