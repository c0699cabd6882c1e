// Addresses, prefixes and ranges as ipset prints them; numbers for IPv4, so that 100,000 of them take no time. Used by the reader of members.
import ipaddr from 'ipaddr.js';
import { refuse } from '../problem';

/** As ipset(8) names the families. */
export type SetFamily = 'inet' | 'inet6';

/** More members than this in one line are refused: the line would mean more than anybody can read. */
const MOST_AT_ONCE = 65536;

/** One address alone. */
export function readOneAddress(text: string, family: SetFamily): string {
  const [address = '', length, ...more] = text.split('/');
  const whole = family === 'inet' ? '32' : '128';
  if (more.length > 0 || (length !== undefined && length !== whole)) {
    refuse('bad-member', `one address is wanted here, got ${text}`, {
      allowed: family === 'inet' ? 'an address such as 192.0.2.7' : 'an address such as 2001:db8::7',
      fix: 'write one line for each address, or use a set type with net in its name',
    });
  }
  return family === 'inet' ? printIpv4(readIpv4(address, text)) : readIpv6(address, text);
}

/** The addresses of `A`, `A/LENGTH` and, IPv4 only, `A-B`; of a set with a netmask one for each network. */
export function readAddresses(text: string, family: SetFamily, maskLength = 32): string[] {
  if (family === 'inet6') return [maskedIpv6(readOneAddress(text, family), maskLength)];
  if (isPlainIpv4(text)) return [printIpv4(masked(readIpv4(text, text), maskLength))];
  const step = 2 ** (32 - maskLength);
  const [first, last] = readIpv4Range(text);
  const start = masked(first, maskLength);
  const amount = Math.floor((last - start) / step) + 1;
  checkAmount(text, amount);
  return Array.from({ length: amount }, (_, index) => printIpv4(start + index * step));
}

/** The networks of `A`, `A/LENGTH` and, IPv4 only, `A-B`, without the length where it is whole. */
export function readNetworks(text: string, family: SetFamily): string[] {
  if (text.includes('-')) {
    if (family === 'inet6') refuseRange6(text);
    const [first, last] = readIpv4Range(text);
    return networksOf(first, last);
  }
  const [address = '', length, ...more] = text.split('/');
  if (more.length > 0) refuseAddress(text, family);
  const whole = family === 'inet' ? 32 : 128;
  const bits = length === undefined ? whole : readLength(length, whole, text);
  const network =
    family === 'inet'
      ? printIpv4(masked(readIpv4(address, text), bits))
      : maskedIpv6(readIpv6(address, text), bits);
  return [bits === whole ? network : `${network}/${bits}`];
}

/** `FIRST-LAST`, as bitmap:ip prints its range. */
export function readAddressSpan(text: string): readonly [first: string, last: string] {
  const [first, last] = readIpv4Range(text);
  return [printIpv4(first), printIpv4(last)];
}

/** True if an IPv4 address lies in the span. */
export function isInSpan(address: string, [first, last]: readonly [string, string]): boolean {
  const value = readIpv4(address, address);
  return value >= readIpv4(first, first) && value <= readIpv4(last, last);
}

/** Refuses a line that stands for too many members. */
export function checkAmount(text: string, amount: number): void {
  if (amount <= MOST_AT_ONCE) return;
  refuse('too-many-members', `${text} stands for ${amount} members`, {
    allowed: `at most ${MOST_AT_ONCE} in one line`,
    fix: 'use a set type with net in its name, such as hash:net, where a prefix is one member',
  });
}

/** The address as it is masked in a set with `bitmask`, which may have holes. */
export function maskedBy(address: string, mask: string): string {
  const [a, b] = [ipaddr.parse(address).toByteArray(), ipaddr.parse(mask).toByteArray()];
  const bytes = a.map((byte, index) => byte & (b[index] ?? 0));
  return bytes.length === 4 ? bytes.join('.') : printIpv6(new ipaddr.IPv6(bytes));
}

/** A prefix length of 1 or more, or 0 where the set type takes it. */
function readLength(text: string, most: number, given: string): number {
  const length = /^(0|[1-9]\d{0,2})$/.test(text) ? Number(text) : NaN;
  if (length <= most) return length;
  return refuse('bad-prefix', `a prefix length must be 0 to ${most}, got ${given}`, {
    allowed: `0 to ${most}`,
    fix: text.includes('.') ? 'write the mask as a length: ipset takes no other' : 'write another length',
  });
}

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

function isPlainIpv4(text: string): boolean {
  return !text.includes('/') && !text.includes('-');
}

function readIpv4(text: string, given: string): number {
  const [, ...bytes] = IPV4.exec(text) ?? [];
  let value = 0;
  for (const byte of bytes) {
    if (Number(byte) > 255 || (byte.length > 1 && byte.startsWith('0'))) refuseAddress(given, 'inet');
    value = value * 256 + Number(byte);
  }
  return bytes.length === 4 ? value : refuseAddress(given, 'inet');
}

function printIpv4(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

function masked(value: number, length: number): number {
  const size = 2 ** (32 - length);
  return Math.floor(value / size) * size;
}

function readIpv4Range(text: string): readonly [number, number] {
  const [from = '', to, ...more] = text.split('-');
  if (more.length > 0) refuseAddress(text, 'inet');
  if (to !== undefined) {
    const ends = [readIpv4(from, text), readIpv4(to, text)] as const;
    return [Math.min(...ends), Math.max(...ends)];
  }
  const [address = '', length, ...rest] = text.split('/');
  if (rest.length > 0) refuseAddress(text, 'inet');
  const bits = length === undefined ? 32 : readLength(length, 32, text);
  const first = masked(readIpv4(address, text), bits);
  return [first, first + 2 ** (32 - bits) - 1];
}

/** The largest networks that are the range together, as the tool cuts it. */
function networksOf(first: number, last: number): string[] {
  const networks: string[] = [];
  for (let at = first; at <= last;) {
    let bits = 32;
    while (bits > 1 && masked(at, bits - 1) === at && at + 2 ** (33 - bits) - 1 <= last) bits -= 1;
    networks.push(bits === 32 ? printIpv4(at) : `${printIpv4(at)}/${bits}`);
    at += 2 ** (32 - bits);
  }
  return networks;
}

function readIpv6(text: string, given: string): string {
  if (given.includes('-')) refuseRange6(given);
  const plain = withoutDots(text, given);
  if (!ipaddr.IPv6.isValid(plain) || plain.includes('%')) refuseAddress(given, 'inet6');
  return printIpv6(ipaddr.IPv6.parse(plain));
}

/** An embedded IPv4 address in hexadecimal: the library takes `::192.0.2.1` for `::ffff:192.0.2.1`. */
function withoutDots(text: string, given: string): string {
  const at = text.lastIndexOf(':') + 1;
  if (at === 0 || !text.includes('.', at)) return text;
  const value = readIpv4(text.slice(at), given);
  return `${text.slice(0, at)}${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
}

function maskedIpv6(address: string, length: number): string {
  if (length === 128) return address;
  return printIpv6(ipaddr.IPv6.networkAddressFromCIDR(`${address}/${length}`));
}

/** As the C library prints it: of an address that embeds an IPv4 one, that part is dotted. */
function printIpv6(address: ipaddr.IPv6): string {
  const { parts } = address;
  const zeros = parts.findIndex((part) => part !== 0);
  const [a = 0, b = 0] = parts.slice(6);
  if (zeros === 6 || (zeros === 5 && parts[5] === 0xffff)) {
    return `::${zeros === 5 ? 'ffff:' : ''}${a >> 8}.${a & 255}.${b >> 8}.${b & 255}`;
  }
  return address.toRFC5952String();
}

function refuseRange6(given: string): never {
  refuse('bad-member', `ipset takes no range of IPv6 addresses, got ${given}`, {
    fix: 'write prefixes, in a set type with net in its name',
  });
}

function refuseAddress(given: string, family: SetFamily): never {
  const isOther = family === 'inet' ? given.includes(':') : /^[\d./-]+$/.test(given);
  if (isOther) {
    refuse('wrong-family', `the set is of family ${family}, got ${given}`, {
      fix: `write an address of that family, or declare the set with family ${family === 'inet' ? 'inet6' : 'inet'}`,
    });
  }
  const isName = /^[a-z]/i.test(given) && !given.includes(':');
  refuse(isName ? 'host-name' : 'bad-address', `${given === '' ? 'nothing' : given} is no address`, {
    allowed: family === 'inet' ? '192.0.2.7 or 192.0.2.0/24' : '2001:db8::7 or 2001:db8::/64',
    fix: isName
      ? 'write the address: a name would mean what a resolver says that day'
      : 'write the address in full, without leading zeros',
  });
}
