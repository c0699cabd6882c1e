// What a refresh makes of a part's text: the user's lines where they are live, and what stands instead where they are not.
import { describe, expect, test } from 'vitest';
import type { Parts } from '../../lib/model/declaration';
import { Scenario } from './scenario';

interface Row {
  readonly name: string;
  readonly text: string;
  /** Lines for iptables-restore of table nat. */
  readonly hand?: readonly string[];
  readonly sysctls?: Readonly<Record<string, string | undefined>>;
  /** What the part `a` then is; absent: it is left out. */
  readonly live?: string;
  readonly others?: Parts;
}

const MARK = '-m comment --comment "gatewright:default"';

const ROWS: readonly Row[] = [
  {
    name: 'comments, blank lines, continuations and a last newline are kept',
    text: '# why\n\niptables -t nat -A GW-A \\\n  -j ACCEPT\n  # more\niptables -t nat -A GW-A -j RETURN\n\n',
    hand: ['-D GW-A -j RETURN'],
    live: '# why\n\niptables -t nat -A GW-A \\\n  -j ACCEPT\n  # more\n\n',
  },
  {
    name: 'a part of which nothing is live is left out, comments and all',
    text: '# why\niptables -t nat -A GW-A -j RETURN\n',
    hand: [':GW-A - [0:0]', '-X GW-A'],
  },
  {
    name: 'of a line with several sources the live ones are left, as lines of their own',
    text: 'iptables -t nat -A GW-A -s 1.1.1.1,2.2.2.2,3.3.3.3 -j RETURN',
    hand: ['-D GW-A -s 2.2.2.2/32 -j RETURN'],
    live: 'iptables -t nat -A GW-A -s 1.1.1.1/32 -j RETURN\niptables -t nat -A GW-A -s 3.3.3.3/32 -j RETURN',
  },
  {
    name: 'the same at the head of a foreign chain, without our mark, and so that they mean the same order',
    text: 'iptables -t nat -I OUTPUT -s 1.1.1.1,2.2.2.2,3.3.3.3 -j RETURN',
    hand: [`-D OUTPUT -s 2.2.2.2/32 ${MARK} -j RETURN`],
    live: 'iptables -t nat -I OUTPUT -s 1.1.1.1/32 -j RETURN\niptables -t nat -I OUTPUT -s 3.3.3.3/32 -j RETURN',
  },
  {
    name: 'a line with several sources of which none is live is left out',
    text: 'iptables -t nat -N GW-A\niptables -t nat -A GW-A -s 1.1.1.1,2.2.2.2 -j RETURN',
    hand: [':GW-A - [0:0]'],
    live: 'iptables -t nat -N GW-A',
  },
  {
    name: 'the rules of one line that changed places are shown as an order',
    text: 'iptables -t nat -A GW-A -s 1.1.1.1,2.2.2.2 -j RETURN',
    hand: ['-D GW-A -s 1.1.1.1/32 -j RETURN', '-A GW-A -s 1.1.1.1/32 -j RETURN'],
    live: 'iptables -t nat -A GW-A -s 1.1.1.1,2.2.2.2 -j RETURN',
    others: {
      '~order nat GW-A':
        'iptables -t nat -A GW-A -s 2.2.2.2/32 -j RETURN\niptables -t nat -A GW-A -s 1.1.1.1/32 -j RETURN\n',
    },
  },
  {
    name: 'of two lines for one rule both go with it',
    text: 'iptables -t nat -A OUTPUT -j RETURN\niptables -t nat -N GW-A\niptables -t nat -A OUTPUT -j RETURN',
    hand: [`-D OUTPUT ${MARK} -j RETURN`],
    live: 'iptables -t nat -N GW-A',
  },
  {
    name: 'of several sysctls in a line each is shown as it is live',
    text: 'sysctl net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=2\niptables -t nat -N GW-A',
    sysctls: { 'net.ipv4.ip_forward': '0' },
    live: 'sysctl net.ipv4.ip_forward=0\nsysctl net.ipv4.conf.all.rp_filter=2\niptables -t nat -N GW-A',
  },
  {
    name: 'two lines for one sysctl are both shown as it is live, and one that is gone is left out',
    text: 'sysctl net.ipv4.ip_forward=1\nsysctl -w net/ipv4/ip_forward=1\nsysctl net.ipv4.conf.all.rp_filter=2',
    sysctls: { 'net.ipv4.ip_forward': '0', 'net.ipv4.conf.all.rp_filter': undefined },
    live: 'sysctl net.ipv4.ip_forward=0\nsysctl net.ipv4.ip_forward=0',
  },
  {
    name: 'a rule with quotes is shown as a line that can be pasted',
    text: 'iptables -t nat -N GW-A',
    hand: ['-A GW-A -m comment --comment "it\\\'s $(here) \\"quoted\\"" -j RETURN'],
    live: 'iptables -t nat -N GW-A',
    others: {
      '~unexpected': `iptables -t nat -A GW-A -m comment --comment 'it'\\''s $(here) "quoted"' -j RETURN\n`,
    },
  },
];

describe('a refresh', () => {
  test.each(ROWS)('$name', async ({ text, hand, sysctls = {}, live, others = {} }) => {
    const scenario = new Scenario();
    scenario.host.sysctls.set('net.ipv4.conf.all.rp_filter', '0');
    await scenario.apply({ a: text });
    expect(await scenario.refresh()).toEqual({ a: text });
    if (hand !== undefined) scenario.byHand(...hand);
    for (const [key, value] of Object.entries(sysctls)) {
      if (value === undefined) scenario.host.sysctls.delete(key);
      else scenario.host.sysctls.set(key, value);
    }
    expect(await scenario.refresh()).toEqual({ ...(live === undefined ? {} : { a: live }), ...others });
  });
});

test('of a long chain only the rules that stand elsewhere are shown as an order', async () => {
  const scenario = new Scenario();
  const parts = Object.fromEntries(
    [1, 2, 3, 4, 5].map((n) => [`p${n}`, `iptables -t nat -A GW-A -s 10.0.0.${n} -j RETURN`]),
  );
  await scenario.apply(parts);
  scenario.byHand('-D GW-A -s 10.0.0.2/32 -j RETURN', '-I GW-A 3 -s 10.0.0.2/32 -j RETURN');
  expect(await scenario.refresh()).toEqual({
    ...parts,
    '~order nat GW-A':
      'iptables -t nat -A GW-A -s 10.0.0.3/32 -j RETURN\niptables -t nat -A GW-A -s 10.0.0.2/32 -j RETURN\n',
  });
});
