// Matches on what a packet itself carries: length, TTL, TOS, DSCP, type, MAC address, ICMP type, MSS, several ports.
import type { PortRange } from '../../model/rule';
import { refuse } from '../problem';
import type { Given, MatchEntry } from './entry';
import { plainMatch, requireOneOf } from './entry';
import { icmpType } from './icmp-types';
import {
  numberOf,
  printHex,
  printPortRange,
  readNumber,
  readNumberRange,
  readOneOf,
  readPortRange,
} from './values';

const TTL_OPTIONS = ['--ttl-eq', '--ttl-lt', '--ttl-gt'] as const;
const MULTIPORT_OPTIONS = ['--sports', '--dports', '--ports'] as const;

/** Their entries. */
export const PACKET_ENTRIES: readonly MatchEntry[] = [
  plainMatch('length', [
    {
      name: '--length',
      negatable: true,
      required: true,
      canonical: (text) => readNumberRange(text, 'a length', 'lengths'),
    },
  ]),
  plainMatch('mac', [{ name: '--mac-source', negatable: true, required: true, canonical: readMac }], {
    chains: ['PREROUTING', 'INPUT', 'FORWARD'],
  }),
  plainMatch('pkttype', [{ name: '--pkt-type', negatable: true, required: true, canonical: readPacketType }]),
  plainMatch(
    'tcpmss',
    [
      {
        name: '--mss',
        negatable: true,
        required: true,
        canonical: (text) => readNumberRange(text, 'an MSS', 'MSS values'),
      },
    ],
    { check: requireTcp },
  ),
  plainMatch('tos', [{ name: '--tos', negatable: true, required: true, canonical: readTos }]),
  plainMatch('dscp', [
    { name: '--dscp', aliases: ['--dscp-class'], negatable: true, required: true, canonical: readDscp },
  ]),
  plainMatch('icmp', [{ name: '--icmp-type', negatable: true, required: true, canonical: icmpType }], {
    family: 'ipv4',
    check: requireIcmp,
  }),
  plainMatch(
    'ttl',
    TTL_OPTIONS.map((name, index) => ({
      name,
      canonical: numberOf('a TTL', 0, 255),
      ...(index === 0 ? { negatable: true, aliases: ['--ttl'] } : {}),
    })),
    { family: 'ipv4', check: (given) => requireOneOf(given, TTL_OPTIONS) },
  ),
  plainMatch(
    'multiport',
    MULTIPORT_OPTIONS.map((name) => ({
      name,
      aliases: name === '--sports' ? ['--source-ports'] : name === '--dports' ? ['--destination-ports'] : [],
      negatable: true,
      canonical: readPorts,
    })),
    { check: requireMultiport },
  ),
];

/** A range takes two of the kernel's fifteen places. */
function readPorts(text: string): string {
  const ranges = text.split(',').map(readPlace);
  const places = ranges.reduce((sum, { first, last }) => sum + (first === last ? 1 : 2), 0);
  if (places > 15) {
    refuse('too-many-ports', `multiport has room for 15 ports, a range counting as two, got ${places}`, {
      fix: 'write two rules, or use a set of type bitmap:port',
    });
  }
  return ranges.map((ports) => printPortRange(ports, ':')).join(',');
}

function readPlace(text: string): PortRange {
  const range = readPortRange(text, ':');
  const isRange = /^\d+:\d+$/.test(text) && range.first < range.last;
  if (!text.includes(':') || isRange) return range;
  return refuse('bad-port', `a range of multiport names both ends, the lower first, got ${text}`, {
    allowed: 'PORT or FIRST:LAST, joined by commas',
    fix: `write ${printPortRange(range, ':')}`,
  });
}

function requireMultiport(given: Given): void {
  requireOneOf(given, MULTIPORT_OPTIONS);
  requireProtocol(given, ['tcp', 'udp', 'udplite', 'sctp', 'dccp']);
}

function requireTcp(given: Given): void {
  requireProtocol(given, ['tcp']);
}

function requireIcmp(given: Given): void {
  requireProtocol(given, ['icmp']);
}

/** Refuses the match without `-p` of one of these. */
export function requireProtocol({ extension, reading }: Given, protocols: readonly string[]): void {
  if (protocols.includes(reading.protocol ?? '')) return;
  refuse('protocol-missing', `the ${extension} match is only for packets of ${protocols.join(', ')}`, {
    allowed: `-p ${protocols.join(', ')} in the same rule, not negated`,
    fix: `write -p ${protocols[0] ?? ''} before it`,
  });
}

function readMac(text: string): string {
  if (/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) return text.toLowerCase();
  return refuse('bad-mac', `${text} is no MAC address`, {
    allowed: 'six pairs of hexadecimal digits, as in 52:54:00:12:34:56',
    fix: 'write it so',
  });
}

function readPacketType(text: string): string {
  return readOneOf(
    text.toLowerCase() === 'host' ? 'unicast' : text,
    ['unicast', 'broadcast', 'multicast'],
    'type of packet',
  );
}

const TOS_NAMES: ReadonlyMap<string, number> = new Map([
  ['minimize-delay', 0x10],
  ['maximize-throughput', 0x08],
  ['maximize-reliability', 0x04],
  ['minimize-cost', 0x02],
  ['normal-service', 0x00],
]);

/** `VALUE[/MASK]` or a name, which leaves the two ECN bits alone. The TOS target takes the same. */
export function readTos(text: string): string {
  const named = TOS_NAMES.get(text.toLowerCase());
  const [value = '', mask] = text.split('/');
  const read = (number: string): number => readNumber(number, 'a TOS value', [0, 255]);
  return [named ?? read(value), named === undefined ? read(mask ?? '255') : 0x3f].map(hexByte).join('/');
}

/** A number or a class. The DSCP target takes the same. */
export function readDscp(text: string): string {
  const [, classSelector] = /^cs([0-7])$/i.exec(text) ?? [];
  if (classSelector !== undefined) return hexByte(Number(classSelector) * 8);
  const [, assured, precedence] = /^af([1-4])([1-3])$/i.exec(text) ?? [];
  if (assured !== undefined) return hexByte(Number(assured) * 8 + Number(precedence) * 2);
  if (/^(be|ef)$/i.test(text)) return hexByte(text.toLowerCase() === 'ef' ? 46 : 0);
  return hexByte(readNumber(text, 'a DSCP value', [0, 63]));
}

function hexByte(value: number): string {
  return printHex(value).replace(/^0x(.)$/, '0x0$1');
}
