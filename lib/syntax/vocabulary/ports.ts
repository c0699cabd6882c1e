// The matches tcp, udp, sctp and dccp: ports, and for tcp its flags and options. `-p tcp` loads them without `-m`.
import type { Match, PortRange } from '../../model/rule';
import { refuse } from '../problem';
import type { Given, MatchEntry, OptionShape } from './entry';
import { printNot } from './entry';
import { printPortRange, readNumber, readPortRange, readWordList } from './values';

type PortsMatch = Extract<Match, { kind: 'ports' }>;
type PortsProtocol = PortsMatch['protocol'];

const PORT_OPTIONS: readonly OptionShape[] = [
  { name: '--sport', aliases: ['--source-port'], negatable: true },
  { name: '--dport', aliases: ['--destination-port'], negatable: true },
];

const TCP_OPTIONS: readonly OptionShape[] = [
  ...PORT_OPTIONS,
  { name: '--tcp-option', negatable: true },
  { name: '--tcp-flags', values: 2, negatable: true },
  { name: '--syn', values: 0, negatable: true },
];

/** As the kernel lists them. */
const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'] as const;

/** Their entries. */
export const PORTS_ENTRIES: readonly MatchEntry[] = [
  portsEntry('tcp', TCP_OPTIONS),
  portsEntry('udp', PORT_OPTIONS),
  portsEntry('sctp', PORT_OPTIONS, [{ name: '--chunk-types', values: 2, negatable: true }]),
  portsEntry('dccp', PORT_OPTIONS, [
    { name: '--dccp-types', negatable: true },
    { name: '--dccp-option', negatable: true },
  ]),
];

/** In the order of the tools: source, destination, option, flags. */
export function printPorts({ protocol, source, destination, option, flags }: PortsMatch): string[] {
  return [
    '-m',
    protocol,
    ...printSide('--sport', source),
    ...printSide('--dport', destination),
    ...(option === undefined ? [] : [...printNot(option), '--tcp-option', `${option.number}`]),
    ...(flags === undefined
      ? []
      : [...printNot(flags), '--tcp-flags', printFlags(flags.mask), printFlags(flags.set)]),
  ];
}

/** A use with one of the `opaque` options is kept as its words. */
function portsEntry(
  protocol: PortsProtocol,
  options: readonly OptionShape[],
  opaque: readonly OptionShape[] = [],
): MatchEntry {
  return {
    module: protocol,
    options: [...options, ...opaque],
    read: (given) =>
      opaque.some(({ name }) => given.find(name) !== undefined) ? undefined : readPorts(protocol, given),
  };
}

function readPorts(protocol: PortsProtocol, given: Given): PortsMatch {
  if (given.reading.protocol !== protocol) {
    refuse('protocol-missing', `the ${protocol} match is only for packets of ${protocol}`, {
      allowed: `-p ${protocol} in the same rule, not negated`,
      fix: `write -p ${protocol} before it`,
    });
  }
  const source = readSide(given, '--sport');
  const destination = readSide(given, '--dport');
  const flags = readFlags(given);
  const option = readOption(given);
  return {
    kind: 'ports',
    protocol,
    ...(source === undefined ? {} : { source }),
    ...(destination === undefined ? {} : { destination }),
    ...(flags === undefined ? {} : { flags }),
    ...(option === undefined ? {} : { option }),
  };
}

function readSide(given: Given, name: string): PortsMatch['source'] {
  const option = given.find(name);
  if (option === undefined) return undefined;
  const ports = readPortRange(option.values[0] ?? '', ':');
  if (option.negated && isAll(ports)) refuseNothing(`! ${name} of all ports`);
  if (isAll(ports) && LEAVES_ALL_OUT.includes(given.extension)) return undefined;
  return option.negated ? { negated: true, ports } : { ports };
}

/** The matches of which the tools do not print a range of all ports. */
const LEAVES_ALL_OUT: readonly string[] = ['tcp', 'udp'];

function isAll({ first, last }: PortRange): boolean {
  return first === 0 && last === 65535;
}

function refuseNothing(match: string): never {
  refuse('matches-nothing', `${match} matches no packet`, { fix: 'leave the rule out' });
}

function readOption(given: Given): PortsMatch['option'] {
  const option = given.find('--tcp-option');
  if (option === undefined) return undefined;
  const number = readNumber(option.values[0] ?? '', 'a TCP option', [1, 255]);
  return { ...(option.negated ? { negated: true } : {}), number };
}

function readFlags(given: Given): PortsMatch['flags'] {
  const syn = given.find('--syn');
  const flags = given.find('--tcp-flags');
  if (syn !== undefined && flags !== undefined) {
    refuse('given-twice', '--syn is --tcp-flags FIN,SYN,RST,ACK SYN, so only one of the two can be given', {
      fix: 'leave --syn out',
    });
  }
  const option = syn ?? flags;
  if (option === undefined) return undefined;
  const [mask = '', set = ''] = syn === undefined ? option.values : ['FIN,SYN,RST,ACK', 'SYN'];
  const read = { mask: readFlagList(mask), set: readFlagList(set) };
  if (read.mask.length === 0 && read.set.length === 0) {
    return option.negated ? refuseNothing('! --tcp-flags NONE NONE') : undefined;
  }
  const strays = read.set.filter((flag) => !read.mask.includes(flag));
  if (strays.length > 0) {
    refuse(
      'flags-outside-mask',
      `--tcp-flags ${mask} ${set} can never match: ${strays.join(',')} is not looked at`,
      {
        fix: 'name the flag in the first list too',
      },
    );
  }
  return { ...(option.negated ? { negated: true } : {}), ...read };
}

function readFlagList(text: string): string[] {
  if (text.toUpperCase() === 'NONE') return [];
  if (text.toUpperCase() === 'ALL') return [...FLAGS];
  return readWordList(text, FLAGS, 'TCP flag');
}

function printFlags(flags: readonly string[]): string {
  return flags.length === 0 ? 'NONE' : flags.join(',');
}

function printSide(name: string, side: PortsMatch['source']): string[] {
  return side === undefined ? [] : [...printNot(side), name, printPortRange(side.ports, ':')];
}
