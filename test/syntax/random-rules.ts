// Random rules of the vocabulary, from a number that a failing test prints: words as a user could give them.
import type { Table } from '../../lib/model/iptables';
import type { Random } from '../run/random';
import { fromSeed, oneOf } from '../run/random';

export interface RandomRule {
  readonly table: Table;
  readonly chain: string;
  readonly words: readonly string[];
}

/** `count` rules; the same seed gives the same ones. */
export function randomRules(seed: number, count: number): RandomRule[] {
  const random = fromSeed(seed);
  return Array.from({ length: count }, (_, index) => randomRule(random, index));
}

function randomRule(random: Random, index: number): RandomRule {
  const table = oneOf(random, ['filter', 'nat', 'mangle'] as const);
  const protocol = oneOf(random, ['tcp', 'udp', undefined] as const);
  const general = shuffled(random, [
    address(random, '-s'),
    address(random, '-d'),
    device(random, '-i'),
    device(random, '-o'),
  ]);
  const modules = shuffled(random, MODULES).slice(0, Math.floor(random() * 4));
  const ports = protocol === undefined ? [] : portWords(random);
  const words = [
    ...general.flat(),
    ...(protocol === undefined ? [] : ['-p', protocol]),
    ...shuffled(random, [...modules.map((make) => make(random, index)), ports]).flat(),
    ...target(random, table, protocol),
  ];
  return { table, chain: 'T1', words };
}

function address(random: Random, option: string): string[] {
  if (random() < 0.5) return [];
  const bytes = Array.from({ length: 4 }, () => whole(random, 1, 254));
  const length = random() < 0.5 ? '' : `/${whole(random, 1, 32)}`;
  return [...maybe(random, '!'), option, `${bytes.join('.')}${length}`];
}

function device(random: Random, option: string): string[] {
  if (random() < 0.7) return [];
  return [...maybe(random, '!'), option, oneOf(random, ['eth0', 'cali+', 'br-1a', 'wg.5'])];
}

function portWords(random: Random): string[] {
  const words: string[] = [];
  for (const option of shuffled(random, ['--sport', '--dport'])) {
    if (random() < 0.5) words.push(...maybe(random, '!'), option, portRange(random, ':'));
  }
  return random() < 0.2 ? [] : words;
}

function portRange(random: Random, separator: string): string {
  const first = whole(random, 1, 65000);
  return random() < 0.6 ? `${first}` : `${first}${separator}${whole(random, first, 65535)}`;
}

const MODULES: readonly ((random: Random, index: number) => string[])[] = [
  (random) => ['-m', 'comment', '--comment', comment(random)],
  (random) => ['-m', 'mark', ...maybe(random, '!'), '--mark', mark(random)],
  (random) => ['-m', 'connmark', ...maybe(random, '!'), '--mark', mark(random)],
  (random) => [
    '-m',
    'statistic',
    '--mode',
    'random',
    ...maybe(random, '!'),
    '--probability',
    random().toFixed(whole(random, 1, 12)),
  ],
  (random) => [
    '-m',
    'limit',
    '--limit',
    `${whole(random, 100, 9000)}/${unit(random)}`,
    '--limit-burst',
    `${whole(random, 1, 20)}`,
  ],
  (random, index) => [
    ...[
      '-m',
      'hashlimit',
      '--hashlimit-above',
      `${whole(random, 100, 9000)}/${unit(random)}`,
      '--hashlimit-name',
      `h${index}`,
    ],
    ...(random() < 0.5
      ? []
      : ['--hashlimit-mode', shuffled(random, ['srcip', 'dstport', 'dstip']).slice(1).join(',')]),
  ],
  (random) => [
    '-m',
    'addrtype',
    ...maybe(random, '!'),
    '--dst-type',
    shuffled(random, ['LOCAL', 'UNICAST', 'BROADCAST']).slice(1).join(','),
  ],
  (random) => [
    ...['-m', 'conntrack', ...maybe(random, '!'), '--ctstate'],
    shuffled(random, ['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'DNAT'])
      .slice(whole(random, 1, 4))
      .join(','),
  ],
  (random, index) => [
    '-m',
    'recent',
    '--name',
    `r${index}`,
    ...oneOf(random, [['--set'], ['--rcheck', '--seconds', '9', '--reap']]),
  ],
  (random) => [
    '-m',
    'set',
    ...maybe(random, '!'),
    '--match-set',
    ...oneOf(random, [
      ['S1', 'src'],
      ['S2', 'dst,dst'],
    ]),
  ],
  (random) => [
    '-m',
    'iprange',
    '--src-range',
    `10.0.${whole(random, 0, 9)}.1-10.0.${whole(random, 10, 99)}.7`,
  ],
  (random) => ['-m', 'length', ...maybe(random, '!'), '--length', portRange(random, ':')],
  (random) => ['-m', 'dscp', '--dscp', `${whole(random, 0, 63)}`],
];

function target(random: Random, table: Table, protocol: string | undefined): string[] {
  const port = protocol === undefined ? '' : `:${portRange(random, '-')}`;
  const to = `10.0.${whole(random, 0, 99)}.${whole(random, 1, 99)}${port}`;
  const anywhere = [
    ['-j', 'ACCEPT'],
    ['-j', 'T2'],
    ['-g', 'T2'],
    [],
    ['-j', 'LOG', '--log-prefix', comment(random).slice(0, 9)],
  ];
  const change = ['--set-mark', '--or-mark', '--xor-mark', '--and-mark'];
  switch (table) {
    case 'nat':
      return oneOf(random, [
        ...anywhere,
        [
          '-j',
          'DNAT',
          '--to-destination',
          to,
          ...maybe(random, '--persistent'),
          ...maybe(random, '--random'),
        ],
        ['-j', 'SNAT', '--to-source', to, ...maybe(random, '--random-fully')],
      ]);
    case 'mangle':
      return oneOf(random, [
        ...anywhere,
        ['-j', 'MARK', oneOf(random, change), `${whole(random, 0, 0xffffffff)}`],
      ]);
    default:
      return oneOf(random, [
        ...anywhere,
        ['-j', 'REJECT', '--reject-with', oneOf(random, ['host-unreach', 'icmp-net-prohibited'])],
      ]);
  }
}

function comment(random: Random): string {
  const characters = [
    'a',
    'B',
    '7',
    ' ',
    '"',
    "'",
    '\\',
    '$(x)',
    '`',
    '${y}',
    '%{z}',
    '-j',
    '!',
    '#',
    ';',
    'é',
    '中',
    '_',
    '-',
  ];
  return Array.from({ length: whole(random, 1, 12) }, () => oneOf(random, characters)).join('');
}

function mark(random: Random): string {
  const value = whole(random, 0, 0xffff);
  return random() < 0.5
    ? `0x${value.toString(16)}`
    : `${value}/0x${whole(random, 0, 0xffffffff).toString(16)}`;
}

function unit(random: Random): string {
  return oneOf(random, ['second', 'minute', 'hour', 'day']);
}

function maybe(random: Random, word: string): string[] {
  return random() < 0.3 ? [word] : [];
}

function whole(random: Random, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1));
}

function shuffled<T>(random: Random, values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ value }) => value);
}
