// Random rule sets that filter what arrives, and packets to try on them, from a number that a failing test prints.

/** One packet that begins a connection. */
export interface TriedPacket {
  readonly source: string;
  readonly destination: string;
  readonly port: number;
}

/** Lines `TABLE CHAIN RULE` as `surroundings` takes them, and packets with ports of their own. */
export interface Trial {
  readonly lines: readonly string[];
  readonly packets: readonly TriedPacket[];
}

type Random = () => number;

const SOURCES = ['10.1.0.1', '10.1.0.2', '10.1.1.1', '10.2.0.9'];
const DESTINATIONS = ['10.9.0.1', '10.9.0.2', '10.9.8.1'];

/** The same seed gives the same ones. */
export function randomTrials(
  seed: number,
  amount: { readonly trials: number; readonly packets: number },
): Trial[] {
  const random = fromSeed(seed);
  return Array.from({ length: amount.trials }, () => ({
    lines: lines(random),
    packets: Array.from({ length: amount.packets }, (_, index) => ({
      source: oneOf(random, SOURCES),
      destination: oneOf(random, DESTINATIONS),
      port: 20 + index,
    })),
  }));
}

function lines(random: Random): string[] {
  const some = (chain: string, most: number): string[] =>
    Array.from({ length: 1 + Math.floor(random() * most) }, () => `filter ${chain} ${rule(random, chain)}`);
  return [
    ...(random() < 0.5 ? ['filter INPUT policy DROP'] : []),
    ...(random() < 0.3 ? [`mangle PREROUTING ${matches(random)}-j MARK --set-xmark 0x1/0xffffffff`] : []),
    ...(random() < 0.2
      ? [`mangle INPUT -s 10.1.1.1/32 ${matches(random).replace(/(! )?-s \S+ /, '')}-j DROP`]
      : []),
    ...some('INPUT', 6),
    ...some('A', 4),
    ...some('B', 3),
  ];
}

/** A leads to B, so that nothing leads back. */
function rule(random: Random, chain: string): string {
  const chains = { INPUT: ['-j A', '-g A', '-j B', '-g B'], A: ['-j B', '-g B'], B: [] }[chain] ?? [];
  const target = oneOf(random, [
    '-j ACCEPT',
    '-j DROP',
    '-j RETURN',
    '-j REJECT --reject-with icmp-port-unreachable',
    '',
    ...chains,
    ...chains,
  ]);
  return `${matches(random)}${target}`.trim();
}

function matches(random: Random): string {
  const not = random() < 0.3 ? '! ' : '';
  const start = 20 + Math.floor(random() * 8);
  const general = oneOf(random, [
    '',
    '',
    `${not}-s ${oneOf(random, ['10.1.0.0/16', '10.1.0.0/24', '10.2.0.9/32'])} `,
    `${not}-d ${oneOf(random, ['10.9.0.0/24', '10.9.8.1/32'])} `,
    `${not}-i ${oneOf(random, ['lo', 'eth0', 'l+'])} `,
  ]);
  const more = oneOf(random, [
    '',
    `-p tcp -m tcp ${not}--dport ${start}:${start + 4} `,
    `-p tcp -m multiport ${not}--dports ${start},${start + 2}:${start + 5} `,
    '-p udp ',
    '! -p udp ',
    `-p tcp -m tcp ${not}--tcp-flags FIN,SYN,RST,ACK SYN `,
    `-m conntrack ${not}--ctstate NEW `,
    `-m conntrack ${not}--ctstate RELATED,ESTABLISHED `,
    `-m mark ${not}--mark 0x1 `,
    `-m iprange ${not}--src-range 10.1.0.2-10.1.1.1 `,
    `-m addrtype ${not}--dst-type LOCAL `,
    '-m limit --limit 3/hour ',
  ]);
  return `${general}${more}`;
}

function oneOf<T>(random: Random, values: readonly [T, ...T[]] | readonly T[]): T {
  const [first] = values;
  const value = values[Math.floor(random() * values.length)] ?? first;
  if (value === undefined) throw new Error('nothing to choose from');
  return value;
}

/** A small generator of numbers from 0 to 1 (the one known as mulberry32). */
function fromSeed(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
