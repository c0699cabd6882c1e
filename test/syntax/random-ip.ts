// Random addresses, routes and rules that a kernel takes on the stage of test/hosts/namespace-ip.ts, from a seed.
import { fromSeed } from '../run/random';

/** As many command lines of ip; no two are one thing to the kernel. */
export function randomIpLines(seed: number, count: number): string[] {
  const random = generator(seed);
  return Array.from({ length: count }, (_, index) => {
    const makers = [address4, address6, route4, route6, multipath, rule];
    return (makers[random(makers.length)] ?? rule)(index, random);
  });
}

/** A whole number below the bound. */
type Random = (bound: number) => number;

function generator(seed: number): Random {
  const random = fromSeed(seed);
  return (bound) => Math.floor(random() * bound);
}

function pick<T>(random: Random, choices: readonly [T, ...T[]]): T {
  return choices[random(choices.length)] ?? choices[0];
}

/** Each with a chance of one half. */
function some(random: Random, words: readonly string[]): string {
  return words
    .filter(() => random(2) === 0)
    .map((word) => ` ${word}`)
    .join('');
}

/** Each in a network of its own: the kernel wants one scope in a network, and leaves a route behind where metrics differ in one. */
function address4(index: number, random: Random): string {
  const place = `172.${16 + (index >> 8)}.${index & 255}.1`;
  const length = pick(random, [24, 32, 30]);
  const peer = random(4) === 0 ? ` peer 172.${20 + (index >> 8)}.${index & 255}.1` : '';
  const words = some(random, [
    'brd +',
    `label v0:${index}`,
    'noprefixroute',
    `scope ${pick(random, ['link', 'host', '200'])}`,
    `metric ${random(50)}`,
  ]);
  return `ip addr add ${place}${peer}/${length}${words} dev v0`;
}

function address6(index: number, random: Random): string {
  const words = some(random, ['noprefixroute', 'home', `metric ${random(50)}`]);
  return `ip -6 addr add 2001:db8:1:${index.toString(16)}::1/${pick(random, [64, 128, 96])} nodad${words} dev v0`;
}

const METRICS4 = [
  'mtu 1400',
  'advmss lock 1300',
  'initcwnd 10',
  'rto_min 200ms',
  'rtt 80ms',
  'quickack 1',
  'congctl reno',
  'features ecn',
  'hoplimit 60',
];

function route4(index: number, random: Random): string {
  const type = pick(random, ['', '', '', 'blackhole ', 'unreachable ', 'prohibit ', 'throw ']);
  const way =
    type === ''
      ? pick(random, [
          ' via 10.0.0.9',
          ' via 10.0.0.9 dev v0',
          ' dev v0',
          ' via 10.77.0.1 dev v0 onlink',
          ' via inet6 2001:db8::9 dev v0',
        ])
      : '';
  const isDirect = way === ' dev v0';
  const words = some(random, [
    `table ${100 + random(3)}`,
    `metric ${random(9)}`,
    `proto ${pick(random, ['static', 'dhcp', '250'])}`,
    ...(type === '' ? ['src 10.0.0.254', ...METRICS4] : []),
    ...(isDirect ? ['scope link'] : []),
  ]);
  return `ip route add ${type}10.${100 + (index >> 8)}.${index & 255}.0/24${way}${words}${random(8) === 0 ? ' tos 0x10' : ''}`;
}

function route6(index: number, random: Random): string {
  const way = pick(random, [' via 2001:db8::9', ' via 2001:db8::9 dev v0', ' dev v0', ' via fe80::9 dev v0']);
  const words = some(random, [
    `table ${100 + random(3)}`,
    `metric ${1 + random(9)}`,
    'proto static',
    'mtu 1400',
    'src 2001:db8::ff',
    `pref ${pick(random, ['low', 'medium', 'high'])}`,
  ]);
  return `ip -6 route add 2001:db8:a:${index.toString(16)}::/64${way}${words}`;
}

function multipath(index: number, random: Random): string {
  const isV6 = random(2) === 0;
  const destination = isV6
    ? `2001:db8:b:${index.toString(16)}::/64`
    : `10.${120 + (index >> 8)}.${index & 255}.0/24`;
  const gateways = isV6 ? ['2001:db8::9', '2001:db8::8'] : ['10.0.0.9', '10.0.0.10'];
  const device = random(2) === 0 ? ' dev v0' : '';
  const hops = gateways
    .map((gateway) => ` nexthop via ${gateway}${device} weight ${1 + random(256)}`)
    .join('');
  return `ip route add ${destination}${some(random, ['mtu 1400', 'proto static'])}${hops}`;
}

/** None that takes every packet to a dead end: the kernel asks the rules whether a gateway can be reached. */
function rule(index: number, random: Random): string {
  const isV6 = random(2) === 0;
  const net = isV6 ? `2001:db8:${index.toString(16)}::/48` : `10.${index & 255}.3.4/${8 + random(25)}`;
  const selectors = some(random, [
    `from ${net}`,
    `to ${net}`,
    'iif v0',
    'oif v1',
    'ipproto udp',
    'dport 53',
    'sport 1000-2000',
    'uidrange 0-99',
    'tos 0x10',
  ]);
  const action = pick(random, [
    `lookup ${1 + random(300)}`,
    'not lookup 300',
    'lookup main suppress_prefixlength 0',
    'blackhole',
    'prohibit',
    'unreachable',
    `goto ${20_000 + index}`,
  ]);
  return `ip ${isV6 ? '-6 ' : ''}rule add pref ${100 + index} fwmark ${1 + random(255)}/255${selectors} ${action}`;
}
