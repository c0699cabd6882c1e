// Random lines of ipset, from a number that a failing test prints: a set of each type that the kernel of the tests has, with members as a user could give them.
import type { Random } from '../converge/random-parts';

type Make = (random: Random) => string;

interface RandomType {
  readonly type: string;
  readonly member: Make;
  /** True where members may say `nomatch`. */
  readonly hasNetworks?: boolean;
}

const OPTIONS = ['counters', 'comment', 'skbinfo'];

/** Lines that make one set of each type, `count` members in each. */
export function randomSetLines(random: Random, count: number): string[] {
  return TYPES.flatMap(({ type, member, hasNetworks = false }, index) => {
    const timeout = random.pick(['timeout 0', 'timeout 86400']);
    const kept = [timeout, ...OPTIONS].filter(() => random.chance(50));
    const set = `S${index}`;
    const adds = Array.from(
      { length: count },
      () => `ipset add ${set} ${member(random)}${memberOptions(random, kept, hasNetworks)}`,
    );
    return [`ipset create ${set} ${type} ${kept.join(' ')}`.trimEnd(), ...adds];
  });
}

function memberOptions(random: Random, options: readonly string[], hasNetworks: boolean): string {
  const words = [
    ...(hasNetworks && random.chance(20) ? ['nomatch'] : []),
    ...(options.includes('counters') && random.chance(30) ? ['packets 5 bytes 300'] : []),
    ...(options.includes('comment') && random.chance(50) ? [`comment "${oneOf(random, COMMENTS)}"`] : []),
    ...(options.includes('skbinfo') && random.chance(50) ? [oneOf(random, SKB)] : []),
    ...(options.some((option) => option.startsWith('timeout')) && random.chance(30)
      ? [`timeout ${oneOf(random, ['0', '4000'])}`]
      : []),
  ];
  return words.length === 0 ? '' : ` ${words.join(' ')}`;
}

const COMMENTS = ['web', 'two  words', ' timeout 5 nomatch', "it's # here", 'ü; | & <'];
const SKB = ['skbmark 0xFF', 'skbmark 0x5/0xf0', 'skbprio 1:AB', 'skbqueue 12', 'skbmark 0x1 skbqueue 2'];

const v4: Make = (random) => [whole(random, 1, 223), byte(random), byte(random), byte(random)].join('.');
const v6: Make = (random) =>
  oneOf(random, [
    () => `2001:db8::${hex(random)}`,
    () => `2001:DB8:${hex(random)}:0:0:${hex(random)}:0:1`,
    () => `::ffff:${v4(random)}`,
    () => `fd00:0:0:${hex(random)}::`,
    () => `${hex(random)}:0:${hex(random)}:${hex(random)}:1:0:0:${hex(random)}`,
  ])();
const span4: Make = (random) => {
  const [a, b, c] = [whole(random, 1, 223), byte(random), byte(random)];
  const first = whole(random, 0, 200);
  return `${a}.${b}.${c}.${first}-${a}.${b}.${c}.${first + whole(random, 0, 20)}`;
};
const many4: Make = (random) =>
  oneOf(random, [v4, v4, span4, (r: Random) => `${v4(r)}/${whole(r, 27, 32)}`])(random);
const net4: Make = (random) =>
  oneOf(random, [v4, span4, (r: Random) => `${v4(r)}/${whole(r, 1, 32)}`])(random);
const net6: Make = (random) => oneOf(random, [v6, (r: Random) => `${v6(r)}/${whole(r, 1, 128)}`])(random);
const port: Make = (random) =>
  oneOf(random, [
    () => `${whole(random, 0, 65535)}`,
    () => oneOf(random, ['https', 'udp:domain', 'tcp:[ftp-data]-ssh', 'TCP:22', 'sctp:9']),
    () => `${oneOf(random, ['tcp', 'udp', '17', 'udplite'])}:${whole(random, 1, 65000)}`,
    () => `${whole(random, 5000, 5004)}-${whole(random, 5000, 5004)}`,
    () => `${whole(random, 18, 57)}:0`,
  ])();
const icmp4: Make = (random) => `icmp:${whole(random, 0, 20)}/${whole(random, 0, 16)}`;
const icmp6: Make = (random) => `icmpv6:${whole(random, 126, 140)}/${whole(random, 0, 3)}`;
const joined =
  (...makes: readonly Make[]): Make =>
  (random) =>
    makes.map((make) => make(random)).join(',');

const TYPES: readonly RandomType[] = [
  { type: 'hash:ip', member: many4 },
  { type: 'hash:ip family inet6', member: v6 },
  { type: 'hash:ip netmask 20', member: many4 },
  { type: 'hash:ip bitmask 255.0.255.254', member: v4 },
  {
    type: 'hash:ip family inet6 netmask 61',
    member: (random) => `2001:${v6(random).split(':').slice(1).join(':')}`,
  },
  { type: 'hash:net', member: net4, hasNetworks: true },
  { type: 'hash:net family inet6', member: net6, hasNetworks: true },
  { type: 'hash:ip,port', member: joined(many4, port) },
  { type: 'hash:ip,port', member: joined(v4, icmp4) },
  { type: 'hash:ip,port family inet6', member: joined(v6, port) },
  { type: 'hash:ip,port family inet6', member: joined(v6, icmp6) },
  { type: 'hash:ip,port,ip', member: joined(many4, port, v4) },
  { type: 'hash:ip,port,net', member: joined(v4, port, net4), hasNetworks: true },
  { type: 'hash:ip,port,net family inet6', member: joined(v6, port, net6), hasNetworks: true },
  { type: 'hash:net,port', member: joined(net4, port), hasNetworks: true },
  { type: 'hash:net,iface', member: joined(net4, () => 'eth0'), hasNetworks: true },
  { type: 'bitmap:port range 100-60000', member: (random) => `${whole(random, 100, 60000)}` },
  { type: 'bitmap:ip range 10.0.0.0/16', member: (random) => `10.0.${byte(random)}.${byte(random)}` },
];

function byte(random: Random): number {
  return whole(random, 0, 255);
}

function hex(random: Random): string {
  return whole(random, 1, 0xffff).toString(16);
}

function whole(random: Random, least: number, most: number): number {
  return least + random.below(most - least + 1);
}

function oneOf<T>(random: Random, values: readonly T[]): T {
  const value = values[random.below(values.length)];
  if (value === undefined) throw new Error('nothing to choose from');
  return value;
}
