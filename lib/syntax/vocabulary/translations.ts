// The targets that translate addresses: DNAT, SNAT, MASQUERADE; REDIRECT and NETMAP stand in packet-targets.ts.
import type { Target, TranslationFlag } from '../../model/rule';
import type { Family } from '../../model/iptables';
import { refuse } from '../problem';
import { readAddressRange } from './addresses';
import type { Given, TargetEntry } from './entry';
import { printPortRange, readPort, readPortRange } from './values';

type AddressTarget = Extract<Target, { kind: 'dnat' | 'snat' }>;
type MasqueradeTarget = Extract<Target, { kind: 'masquerade' }>;

/** In the order in which the tools print them. */
const FLAGS: readonly TranslationFlag[] = ['random', 'random-fully', 'persistent'];

const FLAG_OPTIONS = FLAGS.map((flag) => ({ name: `--${flag}`, values: 0 as const }));

/** Where a packet goes instead: before it is routed, so in PREROUTING and OUTPUT. */
export const DNAT_ENTRY: TargetEntry = addressEntry('dnat', ['PREROUTING', 'OUTPUT']);
/** Where a packet seems to come from: when it leaves, or reaches the host itself. */
export const SNAT_ENTRY: TargetEntry = addressEntry('snat', ['POSTROUTING', 'INPUT']);

/** SNAT to the address of the device that the packet leaves by. */
export const MASQUERADE_ENTRY: TargetEntry = {
  extension: 'MASQUERADE',
  options: [{ name: '--to-ports' }, ...FLAG_OPTIONS.slice(0, 2)],
  tables: ['nat'],
  chains: ['POSTROUTING'],
  read: (given): MasqueradeTarget => {
    const text = given.find('--to-ports')?.values[0];
    if (text !== undefined) requirePortProtocol(given);
    return {
      kind: 'masquerade',
      ...(text === undefined ? {} : { toPorts: readPortRange(text, '-') }),
      flags: readFlags(given),
    };
  },
};

/** DNAT or SNAT with its address and flags. */
export function printAddressTarget({ kind, to, flags }: AddressTarget): string[] {
  const [extension, option] = kind === 'dnat' ? ['DNAT', '--to-destination'] : ['SNAT', '--to-source'];
  return ['-j', extension, option, to, ...printFlags(flags)];
}

/** MASQUERADE with its ports and flags. */
export function printMasquerade({ toPorts, flags }: MasqueradeTarget): string[] {
  const ports = toPorts === undefined ? [] : ['--to-ports', printPortRange(toPorts, '-')];
  return ['-j', 'MASQUERADE', ...ports, ...printFlags(flags)];
}

/** Ports can be translated only where the rule says which protocol's they are. */
export function requirePortProtocol({ extension, reading }: Given): void {
  if (['tcp', 'udp', 'sctp', 'dccp', 'icmp', 'ipv6-icmp'].includes(reading.protocol ?? '')) return;
  refuse('protocol-missing', `${extension} translates ports only for a protocol that has them`, {
    allowed: '-p tcp, udp, sctp or dccp in the same rule, not negated',
    fix: 'write -p tcp, or leave the port out',
  });
}

function addressEntry(kind: 'dnat' | 'snat', chains: readonly string[]): TargetEntry {
  const option = kind === 'dnat' ? '--to-destination' : '--to-source';
  return {
    extension: kind === 'dnat' ? 'DNAT' : 'SNAT',
    options: [
      { name: option, aliases: ['--to'] },
      ...FLAG_OPTIONS.filter(({ name }) => kind === 'snat' || name !== '--random-fully'),
    ],
    tables: ['nat'],
    chains,
    read: (given): AddressTarget => {
      given.require(option);
      return { kind, to: readTo(given.find(option)?.values[0] ?? '', given), flags: readFlags(given) };
    },
  };
}

/** `A[-B][:PORT[-PORT[/BASE]]]`, with addresses of IPv6 in brackets where a port follows. */
function readTo(text: string, given: Given): string {
  const { addresses, ports } = splitTo(text, given.reading.family);
  if (ports === undefined) return readAddressRange(addresses, given.reading.family);
  requirePortProtocol(given);
  const translated = readTranslatedPorts(ports);
  if (addresses === '') return `:${translated}`;
  const canonical = readAddressRange(addresses, given.reading.family);
  return given.reading.family === 'ipv4' ? `${canonical}:${translated}` : `[${canonical}]:${translated}`;
}

function readTranslatedPorts(text: string): string {
  const [ports = '', base, ...more] = text.split('/');
  const range = printPortRange(readPortRange(ports, '-'), '-');
  if (base === undefined) return range;
  if (more.length === 0 && range.includes('-') && readPort(base) > 0) return `${range}/${readPort(base)}`;
  return refuse('bad-port', `a port shift is FIRST-LAST/BASE, got ${text}`, {
    allowed: 'a range, and a first port of 1 or more, such as 8080-8090/80',
    fix: 'write it so',
  });
}

function splitTo(text: string, family: Family): { readonly addresses: string; readonly ports?: string } {
  if (family === 'ipv4') {
    const colon = text.indexOf(':');
    // Two colons are an IPv6 address, whose reader says so.
    if (colon < 0 || text.indexOf(':', colon + 1) >= 0) return { addresses: text };
    return { addresses: text.slice(0, colon), ports: text.slice(colon + 1) };
  }
  if (text.includes(']-['))
    refuse('bad-address', `one pair of brackets stands around a range of addresses, got ${text}`, {
      allowed: '[2001:db8::1-2001:db8::9]:80',
      fix: 'write it so',
    });
  const [, addresses, , ports] = /^\[([^\]]*)\](:(.*))?$/.exec(text) ?? [];
  if (addresses === undefined)
    return text.startsWith(':') && !text.includes(':', 1)
      ? { addresses: '', ports: text.slice(1) }
      : { addresses: text };
  return { addresses, ...(ports === undefined ? {} : { ports }) };
}

function readFlags(given: Given): TranslationFlag[] {
  return FLAGS.filter((flag) => given.find(`--${flag}`) !== undefined);
}

function printFlags(flags: readonly TranslationFlag[]): string[] {
  return FLAGS.filter((flag) => flags.includes(flag)).map((flag) => `--${flag}`);
}
