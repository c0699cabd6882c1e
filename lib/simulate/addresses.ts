// Addresses as bits, so that a packet may stand for all of a network: is it inside what a rule names, outside, or in part? Used by matches and routes.
import type { Family } from '../model/iptables';
import { parseIpv6 } from '../syntax/ipv6-text';
import type { Answer } from './answer';

/** All addresses whose bits under the mask are these. */
export interface Addresses {
  readonly bits: bigint;
  readonly mask: bigint;
}

/** Every address. */
export const ANY_ADDRESS: Addresses = { bits: 0n, mask: 0n };

/** An address, `A/LENGTH`, or `A/MASK` as iptables takes it; absent where the text is none of the family. */
export function parseAddresses(text: string, family: Family): Addresses | undefined {
  const [address = '', length] = text.split('/');
  const bits = addressBits(address, family);
  const mask = length === undefined ? maskOf(WIDTH[family], family) : maskBits(length, family);
  return bits === undefined || mask === undefined ? undefined : { bits: bits & mask, mask };
}

/** Is every one of these in `named`, none of them, or some? */
export function isWithin(these: Addresses, named: Addresses): Answer {
  if (((these.bits ^ named.bits) & these.mask & named.mask) !== 0n) return 'no';
  return (named.mask & ~these.mask) === 0n ? 'yes' : 'unknown';
}

/** The same of a range, both ends in it. */
export function isBetween(
  these: Addresses,
  [first, last]: readonly [bigint, bigint],
  family: Family,
): Answer {
  const lowest = these.bits;
  const highest = these.bits | (maskOf(WIDTH[family], family) & ~these.mask);
  if (highest < first || lowest > last) return 'no';
  return lowest >= first && highest <= last ? 'yes' : 'unknown';
}

/** Bits of an address. */
export const WIDTH: Readonly<Record<Family, number>> = { ipv4: 32, ipv6: 128 };

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** Its number; absent where the text is no address of the family. */
export function addressBits(text: string, family: Family): bigint | undefined {
  if (family === 'ipv4') {
    const bytes = (IPV4.exec(text) ?? []).slice(1).map(Number);
    const isAddress = bytes.length === 4 && bytes.every((byte) => byte < 256);
    return isAddress ? BigInt(bytes.reduce((sum, byte) => sum * 256 + byte, 0)) : undefined;
  }
  return parseIpv6(text)?.parts.reduce((sum, part) => sum * 65536n + BigInt(part), 0n);
}

/** How many bits a mask without holes fixes. */
export function prefixLength({ mask }: Addresses): number {
  return mask.toString(2).replaceAll('0', '').length;
}

function maskBits(length: string, family: Family): bigint | undefined {
  if (!/^\d+$/.test(length)) return addressBits(length, family);
  return Number(length) <= WIDTH[family] ? maskOf(Number(length), family) : undefined;
}

function maskOf(length: number, family: Family): bigint {
  return ((1n << BigInt(length)) - 1n) << BigInt(WIDTH[family] - length);
}
