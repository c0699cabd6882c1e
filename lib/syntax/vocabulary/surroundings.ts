// Matches on what surrounds a packet: bridge ports, sets, address ranges, owner, IPsec policy, reverse path, connection mark, virtual server.
import { refuse } from '../problem';
import { readAddress, readAddressRange } from './addresses';
import { isUpwards6 } from './addresses6';
import type { Given, MatchEntry, PlainOption } from './entry';
import { opaqueMatch, plainMatch, plainOptions } from './entry';
import { readMaskedMark } from './mark';
import { POLICY_ENTRY } from './policy';
import { protocolNumber } from './protocols';
import { readName, readOneOf, readPort, readWord } from './values';

/** The kernel's limit (IPSET_MAXNAMELEN less the terminator). */
const SET_NAME_LENGTH = 31;

const device = (text: string): string => readName(text, 'a device', 15);

const OWNER_OPTIONS: readonly PlainOption[] = [
  { name: '--socket-exists', values: 0, negatable: true },
  { name: '--uid-owner', negatable: true, canonical: readIds },
  { name: '--gid-owner', negatable: true, canonical: readIds },
];

const CONNBYTES_OPTIONS: readonly PlainOption[] = [
  { name: '--connbytes', negatable: true, required: true, canonical: readCounts },
  {
    name: '--connbytes-mode',
    required: true,
    canonical: (text) => readWord(text, ['packets', 'bytes', 'avgpkt'], 'mode'),
  },
  {
    name: '--connbytes-dir',
    required: true,
    canonical: (text) => readWord(text, ['original', 'reply', 'both'], 'direction'),
  },
];

const PHYSDEV_OPTIONS: readonly PlainOption[] = [
  { name: '--physdev-is-in', values: 0, negatable: true },
  { name: '--physdev-in', negatable: true, canonical: device },
  { name: '--physdev-is-out', values: 0, negatable: true },
  { name: '--physdev-out', negatable: true, canonical: device },
  { name: '--physdev-is-bridged', values: 0, negatable: true },
];

/** Their entries. */
export const SURROUNDING_ENTRIES: readonly MatchEntry[] = [
  plainMatch('connmark', [{ name: '--mark', negatable: true, required: true, canonical: readMaskedMark }]),
  plainMatch('helper', [{ name: '--helper', negatable: true, required: true }]),
  plainMatch('physdev', PHYSDEV_OPTIONS, {
    check: (given) => given.require(...PHYSDEV_OPTIONS.map(({ name }) => name)),
  }),
  plainMatch(
    'set',
    [
      { name: '--match-set', values: 2, negatable: true, required: true },
      { name: '--return-nomatch', values: 0 },
      { name: '--update-counters', values: 0, negatable: true },
      { name: '--update-subcounters', values: 0, negatable: true },
    ],
    { check: checkSet },
  ),
  plainMatch(
    'iprange',
    ['--src-range', '--dst-range'].map((name) => ({ name, negatable: true, canonical: readRange })),
    { check: (given) => given.require('--src-range', '--dst-range') },
  ),
  {
    module: 'owner',
    options: OWNER_OPTIONS,
    chains: ['OUTPUT', 'POSTROUTING'],
    // A name of a user means what the host's passwd says, and the tools print its number.
    read: (given) => {
      given.require(...OWNER_OPTIONS.map(({ name }) => name));
      if (!given.options.every(({ values: [value = '0'] }) => /^\d+(-\d+)?$/.test(value))) return undefined;
      return { kind: 'module', module: 'owner', options: plainOptions(given, OWNER_OPTIONS) };
    },
  },
  POLICY_ENTRY,
  plainMatch(
    'rpfilter',
    ['--loose', '--validmark', '--accept-local', '--invert'].map((name) => ({ name, values: 0 })),
    { tables: ['raw', 'mangle'], chains: ['PREROUTING'] },
  ),
  plainMatch(
    'socket',
    ['--transparent', '--nowildcard', '--restore-skmark'].map((name) => ({ name, values: 0 })),
    { chains: ['PREROUTING', 'INPUT'] },
  ),
  {
    module: 'connbytes',
    options: CONNBYTES_OPTIONS,
    // Measured: the tools lose the negation of a range, so what they print is not what was given.
    read: (given) =>
      given.find('--connbytes')?.negated === true || !/^\d+(:\d*)?$/.test(given.value('--connbytes') ?? '')
        ? undefined
        : { kind: 'module', module: 'connbytes', options: plainOptions(given, CONNBYTES_OPTIONS) },
  },
  plainMatch('ipvs', [
    { name: '--ipvs', values: 0, negatable: true },
    { name: '--vproto', negatable: true, canonical: (text) => `${protocolNumber(text)}` },
    {
      name: '--vaddr',
      negatable: true,
      canonical: (text, { family }) => readAddress(text.replace(/\/(32|128)$/, ''), family),
    },
    { name: '--vport', negatable: true, canonical: (text) => `${readPort(text)}` },
    { name: '--vdir', canonical: (text) => readOneOf(text, ['ORIGINAL', 'REPLY'], 'direction') },
    {
      name: '--vmethod',
      negatable: true,
      canonical: (text) => readOneOf(text, ['GATE', 'IPIP', 'MASQ'], 'forward method'),
    },
    { name: '--vportctl', negatable: true, canonical: (text) => `${readPort(text)}` },
  ]),
  opaqueMatch('string', [
    ...['--from', '--to', '--algo'].map((name) => ({ name })),
    ...['--string', '--hex-string'].map((name) => ({ name, negatable: true, text: 'always' as const })),
    { name: '--icase', values: 0 },
  ]),
  opaqueMatch('u32', [{ name: '--u32', negatable: true, text: 'always' }]),
  opaqueMatch('bpf', [{ name: '--bytecode', text: 'always' }]),
  opaqueMatch('esp', [{ name: '--espspi', negatable: true }]),
  // The last two only with ip6tables.
  opaqueMatch('ah', [
    { name: '--ahspi', negatable: true },
    { name: '--ahlen', negatable: true },
    { name: '--ahres', values: 0 },
  ]),
];

/** One id or a range; a range of one is that one. */
function readIds(text: string): string {
  const [first = '', last = first] = text.split('-');
  if (Number(first) > Number(last)) {
    refuse('bad-range', `a range of ids runs upwards, got ${text}`, { fix: `write ${last}-${first}` });
  }
  return first === last ? first : text;
}

/** Counts of 64 bits, which JavaScript's numbers do not hold. */
function readCounts(text: string): string {
  const [first = '', last = ''] = text.split(':');
  if (last !== '' && BigInt(first) > BigInt(last)) {
    refuse('bad-range', `a range of connbytes runs upwards, got ${text}`, { fix: `write ${last}:${first}` });
  }
  return last === '' ? first : text;
}

function checkSet(given: Given): void {
  const [set = '', flags = ''] = given.require('--match-set').values;
  readName(set, 'the name of a set', SET_NAME_LENGTH);
  if (!/^(src|dst)(,(src|dst)){0,5}$/.test(flags)) {
    refuse('bad-set-flags', `behind the name of a set stand src and dst, got ${flags}`, {
      allowed: 'one to six of src and dst, joined by commas',
      fix: 'write one for each field of the set, as in dst,dst for hash:ip,port',
    });
  }
}

/** The tools print both ends, and only warn of one that runs downwards and matches nothing. */
function readRange(text: string, { family }: Given['reading']): string {
  const [first = '', last = first] = readAddressRange(text, family).split('-');
  if (family === 'ipv4' ? asNumber(first) > asNumber(last) : !isUpwards6(first, last)) {
    refuse('bad-range', `a range of addresses runs upwards, got ${text}`, { fix: `write ${last}-${first}` });
  }
  return `${first}-${last}`;
}

function asNumber(address: string): number {
  return address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}
