// Sets on real hosts over SSH: drift by hand is shown and repaired, others' sets stay, and packets never meet an empty set.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Refused } from '../../lib/converge/errors';
import { InvalidInput } from '../../lib/model/errors';
import { errorOf } from '../converge/scenario';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import type { LabScenario } from './fixtures/lab-scenario';
import { SetHost, startTraffic } from './fixtures/set-host';

const links = { eth0: { network: 'lan' } };
const run = labForFile({
  hosts: {
    nft: { kind: 'namespace', iptables: 'nft', links },
    legacy: { kind: 'namespace', iptables: 'legacy', links },
  },
});

const WEB = [
  'ipset create WEB hash:ip,port comment',
  'ipset add WEB 192.0.2.1,https comment "the shop"',
  'ipset add WEB 192.0.2.1,icmp:8/0',
  'ipset create BLOCKED hash:net',
  'ipset add BLOCKED 203.0.113.5/24',
  'ipset add BLOCKED 198.51.100.0-198.51.100.2 nomatch',
  'ipset create ALL list:set',
  'ipset add ALL BLOCKED',
  'ipset add ALL WEB',
  'iptables -A INPUT -m set --match-set WEB dst,dst -j ACCEPT',
  'iptables -t nat -A GW-X -m set --match-set ALL src -j RETURN',
];
const PARTS = { '20-web': `${WEB.join('\n')}\n` };
const without = (...left: readonly string[]): string =>
  `${WEB.filter((line) => !left.includes(line)).join('\n')}\n`;

describe.each(['nft', 'legacy'])('on a host with iptables-%s', (name) => {
  let host: SetHost;
  let scenario: LabScenario;

  beforeAll(async () => {
    host = await SetHost.open(run.lab, name);
  });
  beforeEach(async () => {
    scenario = await host.reset();
  });
  afterAll(() => {
    host.subject.close();
  });

  test('what is declared is made, means the same when it is read, and goes again without a trace', async () => {
    const before = await host.saved();
    await scenario.apply(PARTS);
    expect(await scenario.refresh()).toEqual(PARTS);
    expect(await scenario.wording(PARTS)).toBe('prior');
    await scenario.destroy();
    expect(await host.saved()).toEqual(before);
    expect(await host.subject.runFiles()).toEqual(['lock']);
  });

  test.each<readonly [what: string, hand: readonly string[], shown: Readonly<Record<string, string>>]>([
    ['a member that is gone', ['del BLOCKED 203.0.113.0/24'], { '20-web': without(WEB[4] ?? '') }],
    [
      'a member by another hand',
      ['add WEB 203.0.113.9,udp:53'],
      { ...PARTS, '~unexpected': 'ipset add WEB 203.0.113.9,udp:53\n' },
    ],
    [
      'an option of a member',
      ['del BLOCKED 203.0.113.0/24', 'add BLOCKED 203.0.113.0/24 nomatch'],
      { '20-web': PARTS['20-web'].replace(WEB[4] ?? '', 'ipset add BLOCKED 203.0.113.0/24 nomatch') },
    ],
    [
      'an option of the set',
      [
        'create X hash:net maxelem 9',
        'add X 203.0.113.0/24',
        'add X 198.51.100.0/31 nomatch',
        'add X 198.51.100.2 nomatch',
        'swap X BLOCKED',
        'destroy X',
      ],
      { '20-web': PARTS['20-web'].replace(WEB[3] ?? '', 'ipset create BLOCKED hash:net maxelem 9') },
    ],
    [
      'the order of a list',
      ['del ALL BLOCKED', 'add ALL BLOCKED'],
      { '20-web': PARTS['20-web'].replace(WEB[7] ?? '', 'ipset add ALL BLOCKED after WEB') },
    ],
  ])('%s is shown as its line, and repaired', async (_what, hand, shown) => {
    await scenario.apply(PARTS);
    const good = await host.saved();
    await host.hand(...hand);
    const refreshed = await scenario.refresh();
    expect(refreshed['~unexpected']).toBe(shown['~unexpected']);
    expect(changedLines(refreshed['20-web'] ?? '')).toEqual(changedLines(shown['20-web'] ?? ''));
    await scenario.apply(PARTS);
    expect(await scenario.refresh()).toEqual(PARTS);
    expect(await host.saved()).toEqual(good);
  });

  test('the sets of others, and what rules put into ours for a time, are no drift', async () => {
    const parts = { a: 'ipset create SEEN hash:ip timeout 600\nipset add SEEN 192.0.2.1 timeout 0' };
    await scenario.apply(parts);
    await host.hand(
      'add fail2ban 203.0.113.7',
      'del THEIRS 10.0.0.0/8',
      'create another hash:net',
      'add SEEN 203.0.113.7',
    );
    expect(await scenario.refresh()).toEqual(parts);
    const wider = { a: parts.a.replace('timeout 600', 'maxelem 100 timeout 600') };
    await scenario.apply(wider);
    expect(await host.saved()).toContain('add SEEN 203.0.113.7 timeout N');
    expect(await scenario.refresh()).toEqual(wider);
    await scenario.destroy();
    expect((await host.saved()).filter((line) => line.includes('SEEN'))).toEqual([]);
    expect(await host.saved()).toContain('add fail2ban 203.0.113.7 timeout N');
  });

  test('members that stay for good unless they say a time are kept by their set', async () => {
    const parts = { a: 'ipset create SEEN hash:ip timeout 0\nipset add SEEN 192.0.2.1' };
    await scenario.apply(parts);
    expect(await scenario.refresh()).toEqual(parts);
    expect(await host.saved()).toContain('add SEEN 192.0.2.1 timeout 0');
  });

  test('members of ours in a set of others come and go, and its own stay', async () => {
    const before = await host.saved();
    const parts = { a: 'ipset add THEIRS 192.0.2.0/24' };
    await scenario.apply(parts);
    expect(await scenario.refresh()).toEqual(parts);
    expect(await host.saved()).toEqual([...before, 'add THEIRS 192.0.2.0/24 timeout 0'].sort());
    await scenario.destroy();
    expect(await host.saved()).toEqual(before);
  });

  test('what the host would refuse fails the plan, with part and line, and the host is as it was', async () => {
    const before = await host.saved();
    for (const [lines, problem] of [
      ['ipset create S hash:ip\nipset add S 192.0.2.1,80', { code: 'bad-member', at: 'part "a", line 2' }],
      [
        'ipset create S hash:ip\niptables -A INPUT -m set --match-set s src -j DROP',
        { code: 'unknown-set', at: 'part "a", line 2' },
      ],
      ['ipset add THEIRS 192.0.2.1,80', { code: 'bad-member', at: 'part "a", line 1' }],
      ['ipset create THEIRS hash:ip', { code: 'foreign-entry', at: 'part "a", line 1' }],
      ['\nipset create M hash:mac', { code: 'refused-by-host', at: 'part "a", line 2' }],
    ] as const) {
      const error = await errorOf(scenario.plan({ a: lines }));
      expect(error).toBeInstanceOf(InvalidInput);
      expect(error).toMatchObject({ problems: [problem] });
    }
    expect(await host.saved()).toEqual(before);
  });

  test('a set that a rule of others names does not go', async () => {
    await scenario.apply(PARTS);
    await scenario.refresh();
    await host.subject.hand('*filter\n-A INPUT -m set --match-set WEB src,dst -j DROP\nCOMMIT\n');
    const error = await errorOf(
      scenario.engine.planDestroy(scenario.target, { parts: PARTS }, scenario.memory),
    );
    expect(error).toBeInstanceOf(Refused);
    expect(String(error)).toContain('iptables -t filter -A INPUT -m set --match-set WEB src,dst -j DROP');
    await host.subject.hand('*filter\n-D INPUT -m set --match-set WEB src,dst -j DROP\nCOMMIT\n');
  });

  test('packets find their set at every moment of another option, of other members, and of another type', async () => {
    const rules = [
      'iptables -I OUTPUT -d 127.0.0.9 -m set --match-set PEERS dst -j ACCEPT',
      'iptables -t mangle -A GW-SEEN -m set --match-set PEERS dst -j RETURN',
    ];
    const others = Array.from(
      { length: 300 },
      (_, index) => `ipset add PEERS 10.9.${index >> 8}.${index & 255}`,
    );
    const parts = (create: string, ...members: readonly string[]): { a: string } => ({
      a: [create, ...members, ...rules].join('\n'),
    });
    const member = 'ipset add PEERS 127.0.0.9';
    await scenario.apply(parts('ipset create PEERS hash:ip', member, ...others));
    // What our rule at the head does not take is counted here.
    await host.subject.hand('*filter\n-A OUTPUT -d 127.0.0.9/32 -j DROP\nCOMMIT\n');
    const traffic = await startTraffic(host.subject);
    for (const next of [
      parts('ipset create PEERS hash:ip maxelem 1000', member, ...others),
      parts('ipset create PEERS hash:ip maxelem 1000', member),
      parts('ipset create PEERS hash:net', 'ipset add PEERS 127.0.0.0/28', ...others),
      parts('ipset create PEERS hash:ip', member, ...others),
    ]) {
      const before = await traffic.sent();
      await scenario.refresh();
      await scenario.apply(next);
      expect(await scenario.refresh()).toEqual(next);
      expect(await traffic.sent()).toBeGreaterThan(before);
    }
    await traffic.stop();
    const counted = /^\[(\d+):\d+\] -A OUTPUT -d 127\.0\.0\.9\/32 -j DROP$/m.exec(
      await host.subject.exec(['iptables-save', '-c']),
    );
    expect(counted?.[1]).toBe('0');
  });
});

/** Lines that differ from the declared ones. */
function changedLines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !WEB.includes(line));
}
