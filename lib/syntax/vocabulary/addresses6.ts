// Addresses and prefixes of IPv6 as ip6tables-save prints them. Used by addresses.ts and by the matches that only ip6tables has.
import ipaddr from 'ipaddr.js';
import { parseIpv6, printIpv6 } from '../ipv6-text';
import { refuse } from '../problem';
import { refuseAddress } from './refused-address';

const BITS = 128;

/** One address with nothing behind it, in the tools' form. */
export function readAddress6(text: string, given: string): string {
  return printIpv6(read6(text, given));
}

/** Cut to its mask; absent for the whole family, which the tools do not print. */
export function readPrefix6(address: string, mask: string | undefined, given: string): string | undefined {
  const { parts } = read6(address, given);
  const bits = mask === undefined ? lengthToParts(BITS) : readMask(mask, given);
  const network = printIpv6(new ipaddr.IPv6(parts.flatMap((part, at) => bytesOf(part & (bits[at] ?? 0)))));
  const length = lengthOf(bits);
  if (length === 0) return undefined;
  return `${network}/${length ?? printIpv6(new ipaddr.IPv6(bits.flatMap(bytesOf)))}`;
}

/** True unless the first of two addresses is the higher one. */
export function isUpwards6(first: string, last: string): boolean {
  const digits = [first, last].map((address) =>
    read6(address, address)
      .parts.map((part) => part.toString(16).padStart(4, '0'))
      .join(''),
  );
  return (digits[0] ?? '') <= (digits[1] ?? '');
}

function read6(text: string, given: string): ipaddr.IPv6 {
  if (/^[\d.]+(:\d+)?$/.test(text) && text.includes('.')) {
    refuse('wrong-family', `ip6tables takes IPv6 addresses, got ${given}`, {
      fix: 'write an IPv6 address, or the line with iptables',
    });
  }
  return parseIpv6(text) ?? refuseAddress(given, 'ipv6');
}

/** A length, or a mask, which ip6tables takes too: `ffff:ffff::`, even with holes. */
function readMask(mask: string, given: string): readonly number[] {
  if (/^\d{1,3}$/.test(mask) && Number(mask) <= BITS) return lengthToParts(Number(mask));
  const parsed = mask.includes(':') ? parseIpv6(mask) : undefined;
  if (parsed !== undefined) return parsed.parts;
  return refuse('bad-prefix', `a prefix length must be 0 to 128, got ${given}`, {
    allowed: '0 to 128, or a mask such as ffff:ffff::',
    fix: 'write another length',
  });
}

function lengthToParts(length: number): number[] {
  return [0, 16, 32, 48, 64, 80, 96, 112].map(
    (start) => 0xffff & ~(0xffff >> Math.min(16, Math.max(0, length - start))),
  );
}

/** Absent for a mask with holes. */
function lengthOf(parts: readonly number[]): number | undefined {
  const bits = parts.map((part) => part.toString(2).padStart(16, '0')).join('');
  if (!/^1*0*$/.test(bits)) return undefined;
  return bits.includes('0') ? bits.indexOf('0') : BITS;
}

function bytesOf(part: number): number[] {
  return [part >> 8, part & 255];
}
