// Matches on what the surroundings say: sets, lists of recent, bridge ports, and the ends of a connection. Without them they are unknown.
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../lib/simulate/answer';
import { matchRule } from '../../lib/simulate/match';
import { NO_DEVICE } from '../../lib/simulate/packet';
import type { Packet } from '../../lib/simulate/packet';
import type { Surroundings } from '../../lib/simulate/rule-set';
import { readSets } from '../../lib/simulate/set-contents';
import { parseRuleText } from '../../lib/syntax/iptables-rule';
import { addresses, packet, packetOf, surroundings } from './packets';

const SETS = readSets(`
create ips hash:ip family inet hashsize 1024 maxelem 65536
add ips 198.51.100.7
add ips 198.51.100.8
create masked hash:ip family inet netmask 24
add masked 198.51.100.0
create nets hash:net family inet
add nets 198.51.100.0/24
add nets 198.51.100.0/28 nomatch
add nets 198.51.100.7
create services hash:ip,port family inet
add services 192.0.2.6,tcp:22
add services 192.0.2.6,udp:53
create hairpin hash:ip,port,ip family inet
add hairpin 192.0.2.6,tcp:22,198.51.100.7
create ranges hash:ip,port,net family inet
add ranges 192.0.2.6,tcp:22,198.51.100.0/24
create pairs hash:net,port,net family inet
add pairs 0.0.0.0/0,tcp:22,198.51.0.0/16
create ports bitmap:port range 0-65535
add ports 22
create marks hash:ip,mark family inet
add marks 198.51.100.7,0x00000001
create devices hash:net,iface family inet
add devices 198.51.100.0/24,eth0
create macs hash:mac
add macs 02:00:5E:10:00:01
create all list:set size 8
add all ips
add all nets
create ips6 hash:ip family inet6
add ips6 2001:db8:1::7
create empty hash:ip family inet
`);

function given(text: string, more: Partial<Packet> = {}, host: Partial<Surroundings> = {}): Answer {
  const tried = packet(more);
  return matchRule(parseRuleText(text, tried.family), tried, {
    table: 'filter',
    surroundings: { ...surroundings([]), ...host },
  }).answer;
}

describe('sets', () => {
  const UDP = { protocol: 'udp', destinationPorts: { first: 53, last: 53 } };
  const OTHER = { source: addresses('198.51.100.9') };
  const OUTSIDE = { source: addresses('203.0.113.9') };
  const HALF = { source: addresses('198.51.100.0/24') };

  test.each<[string, Answer, Partial<Packet>?]>([
    ['ips src', 'yes'],
    ['ips dst', 'no'],
    ['ips src', 'no', OTHER],
    ['ips src', 'unknown', HALF],
    ['empty src', 'no'],
    ['masked src', 'yes', OTHER],
    ['masked src', 'no', OUTSIDE],
    ['masked src', 'yes', HALF],
    ['nets src', 'yes'],
    ['nets src', 'no', OTHER],
    ['nets src', 'yes', { source: addresses('198.51.100.99') }],
    ['nets src', 'unknown', HALF],
    ['nets src', 'no', OUTSIDE],
    ['services dst,dst', 'yes'],
    ['services dst,dst', 'yes', UDP],
    ['services dst,dst', 'no', { protocol: 'udp' }],
    ['services dst,src', 'no'],
    ['services dst,src', 'unknown', { sourcePorts: { first: 1, last: 100 } }],
    ['services dst', 'no'],
    ['services src,dst', 'no'],
    ['hairpin dst,dst,src', 'yes'],
    ['hairpin dst,dst,src', 'no', OTHER],
    ['ranges dst,dst,src', 'yes', OTHER],
    ['ranges dst,dst,src', 'no', OUTSIDE],
    ['pairs dst,dst,src', 'yes'],
    ['ports dst', 'yes'],
    ['ports dst', 'yes', { protocol: 'udp' }],
    ['ports dst', 'no', { protocol: 'sctp' }],
    ['ports dst', 'no', UDP],
    ['marks src,src', 'no'],
    ['marks src,src', 'yes', { mark: 1 }],
    ['marks src,src', 'unknown', { mark: 'unknown' }],
    ['devices src,src', 'yes'],
    ['devices src,dst', 'no'],
    ['macs src', 'unknown'],
    ['all src', 'yes'],
    ['all src', 'no', OUTSIDE],
    ['ips6 src', 'no'],
    ['ips6 src', 'yes', { family: 'ipv6' }],
    ['ips src', 'no', { family: 'ipv6' }],
    ['absent src', 'unknown'],
  ])('%s: %s', (flags, expected, more = {}) => {
    expect(given(`-m set --match-set ${flags}`, more, { sets: SETS })).toBe(expected);
    const other = expected === 'unknown' ? expected : expected === 'yes' ? 'no' : 'yes';
    expect(given(`-m set ! --match-set ${flags}`, more, { sets: SETS })).toBe(other);
  });

  test('without sets nothing is known of them', () => {
    expect(given('-m set --match-set ips src')).toBe('unknown');
  });
});

describe('recent', () => {
  const recent = new Map([
    [
      'ssh',
      new Map([
        ['198.51.100.7', [5, 50]],
        ['192.0.2.6', [500]],
      ]),
    ],
    ['DEFAULT', new Map([['198.51.100.0', [1]]])],
  ]);

  test.each<[string, Answer, Partial<Packet>?]>([
    ['--set --name ssh', 'yes'],
    ['! --set --name ssh', 'no'],
    ['--rcheck --name ssh', 'yes'],
    ['! --rcheck --name ssh', 'no'],
    ['--rcheck --name other', 'no'],
    ['! --rcheck --name other', 'yes'],
    ['--update --name ssh', 'yes'],
    ['--remove --name ssh', 'yes'],
    ['--remove --name other', 'no'],
    ['--rcheck', 'no'],
    ['--rcheck --mask 255.255.255.0', 'yes'],
    ['--rcheck --seconds 5 --name ssh', 'yes'],
    ['--rcheck --seconds 4 --name ssh', 'no'],
    ['--rcheck --seconds 50 --hitcount 2 --name ssh', 'yes'],
    ['--rcheck --seconds 49 --hitcount 2 --name ssh', 'no'],
    ['--rcheck --seconds 400 --reap --name ssh --rdest', 'no'],
    ['--rcheck --seconds 600 --reap --name ssh --rdest', 'yes'],
    ['--rcheck --rttl --name ssh', 'unknown'],
    ['--rcheck --name ssh', 'no', { source: addresses('198.51.100.8') }],
    ['--rcheck --name ssh', 'unknown', { source: addresses('198.51.100.0/24') }],
    ['--rcheck --name ssh', 'no', { family: 'ipv6' }],
  ])('%s: %s', (options, expected, more = {}) => {
    expect(given(`-m recent ${options}`, more, { recent })).toBe(expected);
  });

  test('lists that are not given are not known, but for --set', () => {
    expect(given('-m recent --rcheck --name ssh')).toBe('unknown');
    expect(given('-m recent --set --name ssh')).toBe('yes');
  });
});

test.each<[string, Answer, Partial<Packet>, boolean?]>([
  ['! --physdev-is-in', 'unknown', {}],
  ['! --physdev-is-in', 'yes', {}, false],
  ['--physdev-is-in', 'no', {}, false],
  ['! --physdev-is-in --physdev-out eth1', 'no', {}, false],
  ['! --physdev-is-in', 'unknown', {}, true],
  ['! --physdev-is-in', 'yes', { inDevice: NO_DEVICE }, true],
])('physdev %s: %s', (options, expected, more, hasBridgePorts) => {
  const host = hasBridgePorts === undefined ? {} : { hasBridgePorts };
  expect(given(`-m physdev ${options}`, more, host)).toBe(expected);
});

describe('the ends of a connection', () => {
  const begun = packetOf('tcp 198.51.100.7:1024 -> 192.0.2.6:80');
  const translated: Partial<Packet> = {
    ...packetOf('tcp 198.51.100.7:1024 -> 10.1.0.9:8080'),
    begun,
    decided: 'destination',
    isDestinationTranslated: true,
  };

  test.each<[string, Answer, Partial<Packet>?]>([
    ['--ctorigdst 192.0.2.6', 'yes'],
    ['--ctorigdst 10.1.0.9', 'no'],
    ['--ctorigdstport 80', 'yes'],
    ['--ctorigdstport 8080', 'no'],
    ['--ctorigsrc 198.51.100.0/24', 'yes'],
    ['--ctreplsrc 10.1.0.9', 'yes'],
    ['--ctreplsrcport 8000:8090', 'yes'],
    ['--ctrepldst 198.51.100.7', 'yes'],
    ['--ctreplsrc 10.1.0.9', 'unknown', { ctstate: 'ESTABLISHED' }],
    ['--ctstate DNAT --ctproto 6 --ctorigdst 192.0.2.6', 'yes'],
    ['--ctstate SNAT', 'no'],
    ['--ctstatus CONFIRMED', 'no'],
    ['--ctstatus SEEN_REPLY', 'no'],
    ['! --ctstatus EXPECTED', 'yes'],
    ['--ctstatus CONFIRMED', 'unknown', { decided: 'both' }],
    ['--ctexpire 10', 'unknown'],
    ['--ctorigdst 192.0.2.6', 'unknown', { direction: 'reply', ctstate: 'ESTABLISHED' }],
    ['--ctreplsrc 198.51.100.7', 'yes', { direction: 'reply', ctstate: 'ESTABLISHED' }],
  ])('%s: %s', (options, expected, more = {}) => {
    expect(given(`-m conntrack ${options}`, { ...translated, ...more })).toBe(expected);
  });
});
