// What an ipvsadm line of a part declares, why one is refused, and how what a kernel holds reads as the same.
import { describe, expect, test } from 'vitest';
import type { Declaration } from '../../lib/model/declaration';
import type { Entry } from '../../lib/model/entry';
import { ENTRY_KINDS } from '../../lib/model/entry';
import { toEntry } from '../../lib/syntax/entry';
import { parseIpvsSave, UnreadableServers } from '../../lib/syntax/ipvs/saved';
import { parsePart } from '../../lib/syntax/parts';
import { printDeclaration } from '../../lib/syntax/print';
import { printRefusal, readLineCases } from './line-cases';

const accepted = readLineCases('test/cases/ipvs/accepted.lines');

test.each(accepted)('$name: $given', ({ given, printed }) => {
  const { declared, problems } = read(given);
  expect(problems).toEqual([]);
  expect(declared.map(printDeclaration)).toEqual(printed);
  expect(read(printed.join('\n')).declared).toEqual(declared);
});

test.each(readLineCases('test/cases/refusals/ipvsadm.lines'))(
  '$name is refused: $given',
  ({ given, problems }) => {
    const { declared, problems: found } = read(given);
    expect(found).toEqual(problems);
    expect(problems).toHaveLength(1);
    expect(declared).toEqual([]);
  },
);

test.each([
  [
    'ipvsadm -A -t 192.0.2.1:80 -s sh -b sh-port -p -M 255.255.255.0',
    {
      kind: 'virtual-server',
      server: { by: 'address', protocol: 'tcp', family: 'ipv4', address: '192.0.2.1', port: 80 },
      scheduler: 'sh',
      schedulerFlags: ['sh-port'],
      persistenceTimeoutSeconds: 360,
      granularity: '255.255.255.0',
    },
  ],
  [
    'ipvsadm -A -u 192.0.2.1:5060 -o --pe sip',
    {
      kind: 'virtual-server',
      server: { by: 'address', protocol: 'udp', family: 'ipv4', address: '192.0.2.1', port: 5060 },
      scheduler: 'wlc',
      schedulerFlags: [],
      engine: 'sip',
      onePacket: true,
    },
  ],
  [
    'ipvsadm -a -f 2 -6 -r 2001:db8:0::5 -i --tun-type gue --tun-port 6080 --tun-csum -x 9',
    {
      kind: 'real-server',
      server: { by: 'firewall-mark', family: 'ipv6', mark: 2 },
      family: 'ipv6',
      address: '2001:db8::5',
      port: 0,
      forward: 'tunnel',
      tunnel: { type: 'gue', port: 6080, checksum: 'csum' },
      weight: 1,
      upperThreshold: 9,
      lowerThreshold: 0,
    },
  ],
])('%s is one declaration', (given, declaration) => {
  expect(read(given).declared).toEqual([declaration]);
});

test.each<readonly [string, Entry]>([
  [
    'ipvsadm -A -f 2 -6 -s rr',
    {
      kind: 'virtual-server',
      key: 'virtual-server -f 2 -6',
      value: '-s rr',
      line: 'ipvsadm -A -f 2 -6 -s rr',
    },
  ],
  [
    'ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.5:3000 -m -w 3 -x 10 -y 8',
    {
      kind: 'real-server',
      key: 'real-server -t 192.0.2.1:80 -r 10.0.0.5:3000',
      value: '-m -w 3 -x 10 -y 8',
      container: 'virtual-server -t 192.0.2.1:80',
      line: 'ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.5:3000 -m -w 3 -x 10 -y 8',
    },
  ],
])('%s is compared by its server and what is said of it', (given, entry) => {
  expect(entriesOf(given)).toEqual([entry]);
});

describe('what a kernel holds', () => {
  test('reads as the entries of the lines that declare it', () => {
    const lines = accepted.flatMap(({ printed }) => printed);
    const saved = lines.map((line) => line.slice('ipvsadm '.length)).join('\n');
    expect(parseIpvsSave(`${saved}\n`)).toEqual(entriesOf(lines.join('\n')));
  });

  test.each([
    [
      'an older ipvsadm knows no types of tunnel',
      '-a -t 192.0.2.1:80 -r 10.0.0.5:80 -i -w 1',
      '-i -w 1 --tun-type ipip',
    ],
    ['a port that direct routing ignores', '-a -f 1 -r 10.0.0.5:80 -g -w 1', '-g -w 1'],
    ['a mark of the upper half', '-A -f -1 -6 -s rr', '-s rr'],
    ['flag-3 of sh, which prints as nothing', '-A -t 192.0.2.1:80 -s sh -b ', '-s sh -b flag-3'],
    ['a virtual server that gets nothing', '-A -t 0.0.0.0:80 -s rr', '-s rr'],
    ['port 0 behind a virtual server with a port', '-a -t 192.0.2.1:80 -r 10.0.0.5:0 -m -w 1', '-m -w 1'],
    ['a scheduler of tomorrow', '-A -t 192.0.2.1:80 -s tomorrow', '-s tomorrow'],
    ['an option of tomorrow', '-a -f 3 -6 -r [2001:db8::5]:0 -g -w 1 --new 5', '-g -w 1 --new 5'],
  ])('may be what no part can say: %s', (_what, saved, value) => {
    const [entry, ...more] = parseIpvsSave(`${saved}\n`);
    expect(more).toEqual([]);
    expect(entry?.value).toBe(value);
    const [, server = ''] = /^-[Aa] (\S+ \S+(?: -6)?)/.exec(saved) ?? [];
    expect(entry?.container ?? entry?.key).toBe(`virtual-server ${server}`);
  });

  test('of nothing is nothing', () => {
    expect(parseIpvsSave('')).toEqual([]);
  });

  test.each([
    ['a listing', 'IP Virtual Server version 1.2.1 (size=4096)'],
    ['a line without its head', '-t 192.0.2.1:80 -s rr'],
    ['a real server without an address', '-a -t 192.0.2.1:80 -m'],
  ])('%s cannot be read', (_what, line) => {
    expect(() => parseIpvsSave(`-A -t 192.0.2.1:80 -s rr\n${line}\n`)).toThrow(UnreadableServers);
  });
});

function read(text: string): {
  readonly declared: readonly Declaration[];
  readonly problems: readonly string[];
} {
  const { lines, problems } = parsePart('runbook', text);
  return { declared: lines.flatMap(({ declared }) => declared), problems: problems.map(printRefusal) };
}

function entriesOf(text: string): Entry[] {
  return read(text).declared.flatMap((declared) => (isEntry(declared) ? [toEntry(declared)] : []));
}

type EntryDeclaration = Parameters<typeof toEntry>[0];

function isEntry(declared: Declaration): declared is EntryDeclaration {
  return ENTRY_KINDS.some((kind) => kind === declared.kind);
}
