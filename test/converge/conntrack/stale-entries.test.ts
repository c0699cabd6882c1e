// Which conntrack entries of UDP an apply makes wrong, from the rules of table nat before and after it.
import { describe, expect, test } from 'vitest';
import {
  compareTranslations,
  printStaleEntries,
  printStaleLines,
} from '../../../lib/converge/conntrack/stale-entries';
import type { Translation } from '../../../lib/converge/conntrack/udp-translations';
import { udpTranslations } from '../../../lib/converge/conntrack/udp-translations';
import type { Family } from '../../../lib/model/iptables';
import { parseRuleText } from '../../../lib/syntax/iptables-rule';

/** Lines of one family as iptables-save prints them. */
function translations(family: Family, rules: readonly string[]): readonly Translation[] {
  const chains = new Map<string, { rules: string[] }>();
  for (const [, chain = '', rule = ''] of rules.map((line) => /^-A (\S+) (.*)$/.exec(line) ?? [])) {
    const key = `${family} nat ${chain}`;
    chains.set(key, { rules: [...(chains.get(key)?.rules ?? []), rule] });
  }
  return udpTranslations(chains, parseRuleText);
}

function stale(before: readonly string[], after: readonly string[], family: Family = 'ipv4'): string[] {
  return compareTranslations(translations(family, before), translations(family, after)).map(
    printStaleEntries,
  );
}

const JUMPS = [
  '-A PREROUTING -m comment --comment "gatewright:default" -j GW-SERVICES',
  '-A OUTPUT -m comment --comment "gatewright:default" -j GW-SERVICES',
];
const CLUSTER_IP = [
  ...JUMPS,
  '-A GW-SERVICES -d 10.96.0.10/32 -p udp -m comment --comment "default/dns:dns cluster IP" -m udp --dport 53 -j GW-SVC-DNS',
  '-A GW-SVC-DNS ! -s 10.5.0.0/16 -d 10.96.0.10/32 -p udp -m udp --dport 53 -j GW-MARK-MASQ',
];
const MARK = '-A GW-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000';
const CHANCE = '-A GW-SVC-DNS -m statistic --mode random --probability 0.50000000000 -j GW-SEP-A';
const ONE = [
  '-A GW-SEP-A -s 10.5.75.2/32 -j GW-MARK-MASQ',
  '-A GW-SEP-A -p udp -m udp -j DNAT --to-destination 10.5.75.2:5353',
];
const TWO = ['-A GW-SEP-B -p udp -m udp -j DNAT --to-destination 10.5.88.2:5353'];
const BOTH = [...CLUSTER_IP, MARK, CHANCE, '-A GW-SVC-DNS -j GW-SEP-B', ...ONE, ...TWO];
const ONLY_TWO = [...CLUSTER_IP, MARK, '-A GW-SVC-DNS -j GW-SEP-B', ...TWO];

const NODE_PORT = [
  ...BOTH,
  '-A GW-SERVICES ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j GW-NODEPORTS',
  '-A GW-NODEPORTS -p udp -m comment --comment "default/dns:dns" -m udp --dport 30053 -j GW-EXT-DNS',
  '-A GW-EXT-DNS -j GW-MARK-MASQ',
  '-A GW-EXT-DNS -j GW-SVC-DNS',
];
const without = (rules: readonly string[], ...texts: readonly string[]): string[] =>
  rules.filter((rule) => !texts.some((text) => rule.includes(text)));

describe('an apply makes stale', () => {
  test.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ['nothing where nothing changes', BOTH, BOTH, []],
    ['what leads to an endpoint that goes', BOTH, ONLY_TWO, ['udp 10.96.0.10:53 -> 10.5.75.2:5353']],
    ['nothing where an endpoint comes beside another', ONLY_TWO, BOTH, []],
    [
      'what leads to the last endpoint, when a service loses it',
      ONLY_TWO,
      JUMPS,
      ['udp 10.96.0.10:53 -> 10.5.88.2:5353'],
    ],
    [
      'what no rule translated, when a service gets its first',
      JUMPS,
      BOTH,
      ['udp 10.96.0.10:53, not translated'],
    ],
    [
      'what came by cluster IP and by node port',
      NODE_PORT,
      without(NODE_PORT, 'GW-SEP-A'),
      ['udp 0.0.0.0:30053 -> 10.5.75.2:5353', 'udp 10.96.0.10:53 -> 10.5.75.2:5353'],
    ],
    [
      'what came by a node port that goes',
      NODE_PORT,
      BOTH,
      ['udp 0.0.0.0:30053 -> 10.5.75.2:5353', 'udp 0.0.0.0:30053 -> 10.5.88.2:5353'],
    ],
    [
      'what no rule translated, when a node port comes',
      BOTH,
      NODE_PORT,
      ['udp 0.0.0.0:30053, not translated'],
    ],
    [
      'what came to an address of a load balancer with source ranges',
      [
        ...BOTH,
        '-A GW-SERVICES -d 192.0.2.53/32 -p udp -m udp --dport 53 -j GW-FW-DNS',
        '-A GW-FW-DNS -s 203.0.113.0/24 -j GW-EXT-DNS',
        '-A GW-EXT-DNS -j GW-SVC-DNS',
      ],
      BOTH,
      ['udp 192.0.2.53:53 -> 10.5.75.2:5353', 'udp 192.0.2.53:53 -> 10.5.88.2:5353'],
    ],
    [
      'what a forwarded port led to',
      [
        '-A PREROUTING -d 192.0.2.1/32 -i eth0 -p udp -m udp --dport 53 -j DNAT --to-destination 10.5.75.2:5353',
      ],
      [
        '-A PREROUTING -d 192.0.2.1/32 -i eth0 -p udp -m udp --dport 53 -j DNAT --to-destination 10.5.88.2:5353',
      ],
      ['udp 192.0.2.1:53 -> 10.5.75.2:5353'],
    ],
    [
      'what a forwarded range of ports led to, which keeps the ports',
      ['-A PREROUTING -p udp -m udp --dport 10000:10100 -j DNAT --to-destination 10.5.75.2'],
      [],
      ['udp 0.0.0.0:10000-10100 -> 10.5.75.2'],
    ],
    [
      'what came through chains for a network, by the address that they name',
      ['-A PREROUTING -d 10.96.0.0/12 -j GW-SERVICES', ...without(BOTH, 'PREROUTING', 'OUTPUT')],
      ['-A PREROUTING -d 10.96.0.0/12 -j GW-SERVICES', ...without(ONLY_TWO, 'PREROUTING', 'OUTPUT')],
      ['udp 10.96.0.10:53 -> 10.5.75.2:5353'],
    ],
    ['nothing of chains that no hook leads to', without(BOTH, 'PREROUTING', 'OUTPUT'), [], []],
    ['nothing of TCP', BOTH.map(toTcp), ONLY_TWO.map(toTcp), []],
    [
      'nothing of a rule that is not of UDP alone',
      ['-A OUTPUT -d 10.96.0.1/32 -j DNAT --to-destination 10.5.75.2'],
      [],
      [],
    ],
    [
      'nothing of a network, nor of DNAT to a range',
      [
        '-A PREROUTING -d 10.96.0.0/12 -p udp -m udp --dport 53 -j DNAT --to-destination 10.5.75.2:53',
        '-A PREROUTING -d 10.96.0.9/32 -p udp -m udp --dport 53 -j DNAT --to-destination 10.5.75.2-10.5.75.9',
      ],
      [],
      [],
    ],
    [
      'nothing where two matches exclude each other',
      ['-A PREROUTING -d 10.96.0.9/32 -j GW-SERVICES', ...without(BOTH, 'PREROUTING', 'OUTPUT')],
      [],
      [],
    ],
  ])('%s', (_what, before, after, expected) => {
    expect(stale(before, after)).toEqual(expected);
  });

  test('what leads to an endpoint of IPv6 that goes', () => {
    const rule = (to: string): string =>
      `-A PREROUTING -d fd00:96::10/128 -p udp -m udp --dport 53 -j DNAT --to-destination [${to}]:5353`;
    expect(stale([rule('fd00:5::2')], [rule('fd00:5::3')], 'ipv6')).toEqual([
      'udp [fd00:96::10]:53 -> [fd00:5::2]:5353',
    ]);
  });

  test('nothing of a rule without -p, which a comment does not have either', () => {
    const rule = '-A PREROUTING -d 10.96.0.9/32 ! -p tcp -m comment --comment "not -p tcp " -j GW-DNS';
    const to = '-A GW-DNS -p udp -j DNAT --to-destination 10.5.75.2:53';
    expect(stale([rule, to], [])).toEqual(['udp 10.96.0.9 -> 10.5.75.2:53']);
  });
});

function toTcp(rule: string): string {
  return rule.replaceAll('udp', 'tcp');
}

test('the lines for the host name what else leads to an endpoint, where some entry may be of both', () => {
  const dnat = (destination: string, to: string): string =>
    `-A PREROUTING ${destination}-p udp -m udp --dport 53 -j DNAT --to-destination ${to}`;
  const before = [dnat('', '10.5.75.2:5353'), dnat('-d 192.0.2.2/32 ', '10.5.88.2:5353')];
  const after = [
    dnat('-d 192.0.2.1/32 ', '10.5.75.2:5353'),
    dnat('-d 192.0.2.1/32 ', '10.5.75.2:5454'),
    dnat('-d 192.0.2.3/32 ', '10.5.88.2:5353'),
  ];
  const found = compareTranslations(translations('ipv4', before), translations('ipv4', after));
  expect(printStaleLines(found)).toBe(
    [
      'gone ipv4 - 53 53 10.5.75.2 5353',
      'but ipv4 192.0.2.1 53 53 10.5.75.2 5353',
      'untranslated ipv4 192.0.2.1 53 53',
      'gone ipv4 192.0.2.2 53 53 10.5.88.2 5353',
      'untranslated ipv4 192.0.2.3 53 53',
      '',
    ].join('\n'),
  );
});
