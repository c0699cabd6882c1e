// Does a rule match a packet: one row or more for each match that is evaluated, and `unknown` for what cannot be told.
import { describe, expect, test } from 'vitest';
import type { Table } from '../../lib/model/iptables';
import type { Answer } from '../../lib/simulate/answer';
import { isSurelyElsewhere } from '../../lib/simulate/elsewhere';
import { matchRule } from '../../lib/simulate/match';
import type { Packet } from '../../lib/simulate/packet';
import { parseRuleText } from '../../lib/syntax/iptables-rule';
import { addresses, packet, surroundings } from './packets';

function answer(text: string, given: Partial<Packet> = {}, table: Table = 'filter'): Answer {
  const tried = packet(given);
  const verdict = matchRule(parseRuleText(text, tried.family), tried, {
    table,
    surroundings: surroundings([]),
  });
  // What is passed over without reading must be what is read as no.
  if (isSurelyElsewhere(text, tried)) expect(verdict.answer).toBe('no');
  return verdict.answer;
}

const HALF = { source: addresses('198.51.100.0/24') };
const SOME_DEVICE = { inDevice: { kind: 'unnamed', isNot: ['lo'] } } as const;
const UNTRACKED = { ctstate: 'UNTRACKED' } as const;

test.each<[string, Answer, Partial<Packet>?]>([
  ['', 'yes'],
  ['-s 198.51.100.7/32', 'yes'],
  ['-s 198.51.100.8/32', 'no'],
  ['! -s 198.51.100.8/32', 'yes'],
  ['-s 198.51.100.0/255.255.255.128', 'yes'],
  ['-s 0.0.0.7/0.0.0.255', 'yes'],
  ['-s 198.51.100.0/25', 'unknown', HALF],
  ['! -s 198.51.100.0/25', 'unknown', HALF],
  ['-s 198.51.100.0/23', 'yes', HALF],
  ['-s 203.0.113.0/24', 'no', HALF],
  ['-d 192.0.2.6/32', 'yes'],
  ['-s 198.51.100.7/32 -d 192.0.2.7/32', 'no'],
  ['-i eth0', 'yes'],
  ['-i eth+', 'yes'],
  ['! -i eth0', 'no'],
  ['-i eth0', 'unknown', SOME_DEVICE],
  ['-i lo', 'no', SOME_DEVICE],
  ['! -i lo', 'yes', SOME_DEVICE],
  ['-o eth0', 'no'],
  ['-p tcp', 'yes'],
  ['-p udp', 'no'],
  ['! -p udp', 'yes'],
  ['-f', 'no'],
  ['-p tcp -m tcp --dport 22', 'yes'],
  ['-p tcp -m tcp ! --dport 22', 'no'],
  ['-p tcp -m tcp --dport 20:25', 'yes'],
  ['-p tcp -m tcp --sport 1024:65535', 'yes'],
  ['-p tcp -m tcp --sport 2048:65535', 'unknown'],
  ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN', 'yes'],
  ['-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN', 'no'],
  ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN', 'no', { flags: ['ACK'] }],
  ['-p tcp -m tcp --tcp-option 8', 'unknown'],
  ['-p tcp -m multiport --dports 80,22', 'yes'],
  ['-p tcp -m multiport ! --dports 80,20:22', 'no'],
  ['-p tcp -m multiport --ports 80', 'no'],
  ['-p tcp -m multiport --ports 2048', 'unknown'],
  ['-m comment --comment wall', 'yes'],
  ['-m mark --mark 0x0', 'yes'],
  ['-m mark --mark 0x4000/0x4000', 'no'],
  ['-m mark ! --mark 0x4000/0x4000', 'yes'],
  ['-m mark --mark 0x4000/0x4000', 'yes', { mark: 0x4001 }],
  ['-m mark --mark 0x1', 'unknown', { mark: 'unknown' }],
  ['-m statistic --mode random --probability 0', 'no'],
  ['-m statistic --mode random --probability 1', 'yes'],
  ['-m statistic --mode random --probability 0.5', 'unknown'],
  ['-m addrtype --dst-type LOCAL', 'yes'],
  ['-m addrtype ! --dst-type LOCAL', 'no'],
  ['-m addrtype --dst-type UNICAST', 'no'],
  ['-m addrtype --dst-type LOCAL --limit-iface-in', 'unknown'],
  ['-m addrtype --src-type LOCAL', 'no'],
  ['-m addrtype --src-type MULTICAST', 'no'],
  ['-m addrtype --src-type UNICAST', 'unknown'],
  ['-m conntrack --ctstate NEW', 'yes'],
  ['-m conntrack --ctstate RELATED,ESTABLISHED', 'no'],
  ['-m conntrack ! --ctstate INVALID', 'yes'],
  ['-m conntrack --ctstate DNAT', 'no'],
  ['-m conntrack --ctstate DNAT', 'yes', { isDestinationTranslated: true }],
  ['-m conntrack --ctstate NEW --ctproto 6 --ctdir ORIGINAL', 'yes'],
  ['-m conntrack --ctstate NEW --ctproto 17', 'no'],
  ['-m conntrack --ctdir REPLY', 'no'],
  ['-m conntrack --ctorigdst 192.0.2.9', 'unknown'],
  ['-m conntrack --ctstate NEW', 'no', UNTRACKED],
  ['-m conntrack --ctstate UNTRACKED', 'yes', UNTRACKED],
  ['-m conntrack --ctstate UNTRACKED --ctproto 17', 'yes', UNTRACKED],
  ['-m conntrack ! --ctproto 17', 'no', UNTRACKED],
  ['-m state --state NEW', 'yes'],
  ['-m iprange --src-range 198.51.100.1-198.51.100.9', 'yes'],
  ['-m iprange ! --src-range 198.51.100.1-198.51.100.9', 'no'],
  ['-m iprange --src-range 198.51.100.1-198.51.100.9', 'unknown', HALF],
  ['-m iprange --dst-range 192.0.2.7-192.0.2.9', 'no'],
  ['-m pkttype --pkt-type broadcast', 'no'],
  ['-m pkttype --pkt-type unicast', 'yes'],
  ['-p icmp -m icmp --icmp-type 8', 'no'],
  ['-m limit --limit 3/hour', 'unknown'],
  ['-m set --match-set admins src', 'unknown'],
  ['-p udp -m set --match-set admins src', 'no'],
  ['-m time --timestart 09:00:00', 'unknown'],
  ['-m cpu --cpu 0', 'unknown'],
])('%s: %s', (text, expected, given = {}) => {
  expect(answer(text, given)).toBe(expected);
});

describe('IPv6', () => {
  test.each<[string, Answer]>([
    ['-s 2001:db8:1::/48', 'yes'],
    ['-s 2001:db8:2::/48', 'no'],
    ['! -d 2001:db8::6/128', 'no'],
    ['-m iprange --src-range 2001:db8:1::1-2001:db8:1::9', 'yes'],
    ['-p ipv6-icmp', 'no'],
    ['-m rt --rt-type 0', 'unknown'],
  ])('%s: %s', (text, expected) => {
    expect(answer(text, { family: 'ipv6' })).toBe(expected);
  });
});

test('in table raw connection tracking has not seen the packet yet', () => {
  expect(answer('-m conntrack --ctstate NEW', {}, 'raw')).toBe('unknown');
  expect(answer('-m conntrack --ctstate UNTRACKED', UNTRACKED, 'raw')).toBe('yes');
});

test('what cannot be judged is named, with the reason, unless something else decides', () => {
  const rule = parseRuleText('-p tcp -m recent --rcheck --name ssh -m set --match-set admins src -j DROP');
  expect(matchRule(rule, packet(), { table: 'filter', surroundings: surroundings([]) })).toMatchObject({
    answer: 'unknown',
    unjudged: [{ why: 'it depends on who came before' }, { why: 'the members of sets are not looked at' }],
  });
});
