// `ip addr add ADDRESS/LENGTH dev DEVICE …`: read and printed. Used by ip.ts.
import type { Entry } from '../../model/entry';
import type { AddressDeclaration } from '../../model/ip';
import type { Family } from '../../model/iptables';
import { refuse } from '../problem';
import { MOST_32_BITS } from '../vocabulary/values';
import { linkKey } from './link';
import { readDevice, readNumber, readScope, scopeName } from './names';
import type { Command, Phrase } from './phrases';
import { completeLine, phrase, phrasesEntry } from './phrases';
import type { IpPrefix } from './prefixes';
import { BITS, defaultScope, edgeOfPrefix, readIpAddress, readIpPrefix } from './prefixes';
import type { Keyword } from './words';
import { IpWords, keyword, refused, refuseKeyword } from './words';

interface AddressBuild {
  family: Family | undefined;
  local?: IpPrefix;
  device?: string;
  peer?: IpPrefix;
  broadcast?: string;
  label?: string;
  scope?: number;
  metric?: number;
  flags: string[];
}

/** In the order in which they are printed. */
const FLAGS: readonly string[] = ['home', 'nodad', 'mngtmpaddr', 'noprefixroute', 'autojoin'];
/** `ip` says of these that they are IPv6's, and leaves them out. */
const IPV6_FLAGS: readonly string[] = ['home', 'nodad', 'mngtmpaddr'];

const KEYWORDS: ReadonlyMap<string, Keyword<AddressBuild>> = new Map([
  ...keyword<AddressBuild>(['local'], (build, words, name) => {
    build.local = readIpPrefix(words.value(name), build.family);
  }),
  ...keyword<AddressBuild>(['dev'], (build, words, name) => {
    build.device = readDevice(words.value(name));
  }),
  ...keyword<AddressBuild>(['peer', 'remote'], (build, words, name) => {
    build.peer = readIpPrefix(words.value(name), build.family);
  }),
  ...keyword<AddressBuild>(['broadcast', 'brd'], (build, words, name) => {
    build.broadcast = words.value(name);
  }),
  ...keyword<AddressBuild>(['label'], (build, words, name) => {
    build.label = words.value(name);
  }),
  ...keyword<AddressBuild>(['scope'], (build, words, name) => {
    build.scope = readScope(words.value(name));
  }),
  ...keyword<AddressBuild>(['metric', 'priority', 'preference'], (build, words, name) => {
    build.metric = readNumber(words.value(name), 'a metric', [0, MOST_32_BITS]);
  }),
  ...keyword<AddressBuild>(['valid_lft'], readForever),
  ...keyword<AddressBuild>(['preferred_lft'], readForever),
  ...FLAGS.flatMap((flag) =>
    keyword<AddressBuild>([flag], (build) => {
      build.flags.push(flag);
    }),
  ),
  ...refused<AddressBuild>(['anycast'], 'is nothing that the kernel here takes', 'leave it out'),
]);

/** What the words behind `ip addr add` declare. */
export function readAddressAdd(given: readonly string[], family: Family | undefined): AddressDeclaration {
  const words = new IpWords(given);
  const build: AddressBuild = { family, flags: [] };
  while (!words.done) {
    const word = words.next();
    const read = KEYWORDS.get(word);
    if (read !== undefined) read(build, words, word);
    else if (build.local === undefined && /[.:]|^[a-z].*\//i.test(word))
      build.local = readIpPrefix(word, family);
    else refuseKeyword(word, KEYWORDS.keys(), 'ip addr add');
  }
  return finish(build, given.join(' '));
}

/** How an address is compared and printed. */
export function addressEntry(declaration: AddressDeclaration): Entry {
  return phrasesEntry(command(declaration), phrases(declaration));
}

/** With nothing left to defaults. */
export function completeAddress(declaration: AddressDeclaration): string {
  return completeLine(command(declaration), phrases(declaration));
}

function finish(build: AddressBuild, given: string): AddressDeclaration {
  const { local, device, metric } = build;
  if (local === undefined) {
    refuse('address-missing', 'the line names no address', {
      allowed: 'ip addr add ADDRESS/LENGTH dev DEVICE',
      fix: 'write the address',
    });
  }
  if (device === undefined) {
    refuse('device-missing', `the line does not say on which device ${local.address} stands`, {
      fix: 'write `dev DEVICE`',
    });
  }
  const { family, address } = local;
  const peer = readPeer(build, local);
  const prefix = peer ?? local;
  if (prefix.length === undefined) refuseNoLength(local, given);
  const broadcast = readBroadcast(build, prefix);
  const label = readLabel(build, { family, device });
  const flags = FLAGS.filter(
    (flag) => build.flags.includes(flag) && (family === 'ipv6' || !IPV6_FLAGS.includes(flag)),
  );
  return {
    kind: 'address',
    family,
    device,
    address,
    prefixLength: prefix.length,
    ...(peer === undefined ? {} : { peer: peer.address }),
    ...(broadcast === undefined ? {} : { broadcast }),
    ...(label === undefined ? {} : { label }),
    scope: family === 'ipv4' ? (build.scope ?? defaultScope(local)) : defaultScope(local),
    ...(metric === undefined || metric === 0 ? {} : { metric }),
    flags,
  };
}

/** The prefix of a point-to-point address is its peer's; where the peer has none it is one address. */
function readPeer({ peer }: AddressBuild, local: IpPrefix): IpPrefix | undefined {
  if (peer === undefined) return undefined;
  if (peer.family !== local.family) {
    refuse(
      'wrong-family',
      `an address and its peer are of one family, got ${local.address} and ${peer.address}`,
      { fix: 'write both of one family' },
    );
  }
  const length = peer.length ?? BITS[peer.family];
  if (local.length !== undefined && local.length !== BITS[local.family] && local.length !== length) {
    refuse(
      'stray-length',
      `with a peer the prefix length is the peer's, got ${local.address}/${local.length}`,
      {
        fix: `write ${local.address} peer ${peer.address}/${local.length}`,
      },
    );
  }
  return { ...peer, length };
}

function readBroadcast({ broadcast, local }: AddressBuild, prefix: IpPrefix): string | undefined {
  if (broadcast === undefined) return undefined;
  if (local?.family === 'ipv6') {
    refuse('wrong-family', `IPv6 has no broadcast addresses, got broadcast ${broadcast}`, {
      fix: 'leave it out',
    });
  }
  if (broadcast === '+' || broadcast === '-')
    return edgeOfPrefix(prefix, broadcast === '+' ? 'last' : 'first');
  return readIpAddress(broadcast, 'ipv4').address;
}

/** The device's own name is the label where none is given. */
function readLabel(
  { label }: AddressBuild,
  { family, device }: { family: Family; device: string },
): string | undefined {
  if (label === undefined || label === device) return undefined;
  if (family === 'ipv6') {
    refuse('wrong-family', `only IPv4 addresses have labels, got label ${label}`, { fix: 'leave it out' });
  }
  if (label.startsWith(device) && /^[A-Za-z0-9_.+=,:-]{1,15}$/.test(label)) return label;
  return refuse(
    'bad-label',
    `a label begins with the name of its device and has at most 15 characters, got ${label}`,
    {
      allowed: `${device}, or ${device}: and a word`,
      fix: `write ${device}:0 or the like`,
    },
  );
}

function readForever(_build: AddressBuild, words: IpWords, name: string): void {
  const given = words.value(name);
  if (given === 'forever') return;
  refuse('counting-lifetime', `${name} counts down, and a part says what stays, got ${given}`, {
    allowed: `${name} forever, which is what an address has where nothing is said`,
    fix: 'leave it out',
  });
}

function refuseNoLength({ family, address }: IpPrefix, given: string): never {
  const [whole, net] = [BITS[family], family === 'ipv4' ? 24 : 64];
  refuse(
    'prefix-missing',
    `${address} has no prefix length: ip would take /${whole}, and often the network's is meant`,
    {
      given: `ip addr add ${given}`,
      allowed: `${address}/${whole} for the address alone, ${address}/${net} or the like for an address in a network of its device`,
      fix: `write ${address}/${whole}, or the length of the network`,
    },
  );
}

/** IPv6 knows an address on a device once, whatever its length and peer; IPv4 by those too. */
function command({ family, device, address }: AddressDeclaration): Command {
  const keyWords = family === 'ipv4' ? [device] : [device, address];
  return { kind: 'address', words: 'addr add', family, keyWords, container: linkKey(device) };
}

function phrases(declaration: AddressDeclaration): Phrase[] {
  const { family, device, address, prefixLength, peer, scope = 0 } = declaration;
  const length = `/${prefixLength}`;
  const isV4 = family === 'ipv4';
  const local = peer === undefined ? `${address}${length}` : `${address} peer ${peer}${length}`;
  return [
    { text: local, key: isV4 },
    ...phrase('brd', declaration.broadcast),
    ...phrase('scope', scope, {
      named: `scope ${scopeName(scope)}`,
      byDefault: !isV4 || scope === defaultScope({ family, address }),
    }),
    ...phrase('label', declaration.label),
    ...phrase('metric', declaration.metric),
    ...declaration.flags.map((text) => ({ text })),
    { text: `dev ${device}` },
  ];
}
