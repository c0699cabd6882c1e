// Addresses and prefixes as ip(8) takes and prints them, the family known or told by the value. Names are never looked up.
import ipaddr from 'ipaddr.js';
import type { Family } from '../../model/iptables';
import { refuse } from '../problem';

/** An address of either family. */
export interface IpAddress {
  readonly family: Family;
  /** As the kernel's tools print it. */
  readonly address: string;
}

/** An address with the length of its network's prefix. */
export interface IpPrefix extends IpAddress {
  /** Absent where none was given. */
  readonly length?: number;
}

/** How many bits an address has. */
export const BITS: Readonly<Record<Family, number>> = { ipv4: 32, ipv6: 128 };

/** One address with nothing behind it. `family` absent: whichever it is. */
export function readIpAddress(text: string, family?: Family): IpAddress {
  const { length, ...address } = readIpPrefix(text, family);
  if (length === undefined) return address;
  return refuse('stray-length', `an address without a prefix length is meant here, got ${text}`, {
    fix: `write ${address.address}`,
  });
}

/** `ADDRESS[/LENGTH]`; an IPv4 length may be a netmask. Host bits stay. */
export function readIpPrefix(text: string, family?: Family): IpPrefix {
  const [given = '', mask, ...more] = text.split('/');
  if (more.length > 0) refuseAddress(text, family);
  const found: Family = given.includes(':') ? 'ipv6' : 'ipv4';
  const address = found === 'ipv6' ? readV6(given, text) : readV4(given, text);
  if (family !== undefined && family !== found) {
    refuse('wrong-family', `the line is of ${NAMES[family]}, got ${text}`, {
      fix: `write an ${NAMES[family]} address, or leave out what says ${NAMES[family]}`,
    });
  }
  return { family: found, address, ...(mask === undefined ? {} : { length: readLength(mask, found, text) }) };
}

/** The prefix as routes print it: host bits cut where the kernel cuts them, `default` for everything, no length for a single address. */
export function printPrefix(
  { family, address, length = BITS[family] }: IpPrefix,
  everything: 'default' | 'all',
): string {
  if (length === 0) return everything;
  return length === BITS[family] ? address : `${address}/${length}`;
}

/** The same prefix with its host bits zero. */
export function cutHostBits({ family, address, length = BITS[family] }: IpPrefix): IpPrefix {
  if (length === 0) return { family, address: family === 'ipv4' ? '0.0.0.0' : '::', length };
  const cidr = `${address}/${length}`;
  if (family === 'ipv4')
    return { family, address: ipaddr.IPv4.networkAddressFromCIDR(cidr).toString(), length };
  return { family, address: printV6(ipaddr.IPv6.networkAddressFromCIDR(cidr)), length };
}

/** `brd +`: the last address of an IPv4 prefix; `brd -`: its first. */
export function edgeOfPrefix({ address, length = 32 }: IpPrefix, edge: 'first' | 'last'): string {
  const cidr = `${address}/${length}`;
  const found =
    edge === 'last' ? ipaddr.IPv4.broadcastAddressFromCIDR(cidr) : ipaddr.IPv4.networkAddressFromCIDR(cidr);
  return found.toString();
}

/** What the kernel calls the scope of an IPv6 address, by number; IPv4's is what `ip` sends where nothing is said. */
export function defaultScope({ family, address }: IpAddress): number {
  if (family === 'ipv4') return address.startsWith('127.') ? HOST : GLOBAL;
  if (address === '::1') return HOST;
  return /^fe[89ab]/.test(address) ? LINK : /^fe[cdef]/.test(address) ? SITE : GLOBAL;
}

const [GLOBAL, SITE, LINK, HOST] = [0, 200, 253, 254];

/** For messages. */
export const NAMES: Readonly<Record<Family, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' };

function readV4(address: string, given: string): string {
  const bytes = address.split('.');
  const isPlain =
    bytes.length === 4 && bytes.every((byte) => /^(0|[1-9]\d{0,2})$/.test(byte) && Number(byte) < 256);
  return isPlain ? address : refuseAddress(given, undefined);
}

function readV6(address: string, given: string): string {
  if (!ipaddr.IPv6.isValid(address) || address.includes('%')) refuseAddress(given, 'ipv6');
  return printV6(ipaddr.IPv6.parse(address.replace(/\d+\.\d+\.\d+\.\d+$/, groupsOf)));
}

/** `1.2.3.4` as `102:304`: ipaddr.js takes `::1.2.3.4` for `::ffff:1.2.3.4`. */
function groupsOf(dotted: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/** The C library ends an address with the dotted form where all before it is zero, or zero and ffff. */
function printV6(address: ipaddr.IPv6): string {
  const [a, b, c, d, e, f = 0, g = 0, h = 0] = address.parts;
  const isDotted = [a, b, c, d, e].every((part) => part === 0) && (f === 0xffff || (f === 0 && g !== 0));
  if (!isDotted) return address.toRFC5952String();
  return `::${f === 0 ? '' : 'ffff:'}${[g >> 8, g & 255, h >> 8, h & 255].join('.')}`;
}

function readLength(mask: string, family: Family, given: string): number {
  const bits = BITS[family];
  if (/^(0|[1-9]\d{0,2})$/.test(mask) && Number(mask) <= bits) return Number(mask);
  const ofMask =
    family === 'ipv4' && ipaddr.IPv4.isValidFourPartDecimal(mask)
      ? ipaddr.IPv4.parse(mask).prefixLengthFromSubnetMask()
      : null;
  if (ofMask !== null) return ofMask;
  return refuse('bad-prefix', `a prefix length must be 0 to ${bits}, got ${given}`, {
    allowed: `0 to ${bits}${family === 'ipv4' ? ', or a mask such as 255.255.255.0' : ''}`,
    fix: 'write another length',
  });
}

function refuseAddress(given: string, family: Family | undefined): never {
  const isName = /^[a-z]/i.test(given) && !given.includes(':');
  const allowed = { ipv4: '192.0.2.7 or 192.0.2.0/24', ipv6: '2001:db8::7 or 2001:db8::/64' };
  return refuse(
    isName ? 'host-name' : 'bad-address',
    `${given === '' ? 'nothing' : given} is no ${family === undefined ? 'IP' : NAMES[family]} address`,
    {
      allowed: family === undefined ? `${allowed.ipv4}, ${allowed.ipv6}` : allowed[family],
      fix: isName
        ? 'write the address: a name would mean what a resolver says that day'
        : 'write the address in full, without leading zeros',
    },
  );
}
