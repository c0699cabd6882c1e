// Addresses by family, and the lines that give one to a device; used by the files of services and by constructs.
import { IPv4, isValid, isValidCIDR, parse, parseCIDR } from 'ipaddr.js';
import type { AddressDeclaration } from '../model/ip';
import type { Family } from '../model/iptables';
import { ipv4Number } from '../model/ipv4';

/** Of an address or a network. */
export function familyOf(address: string): Family {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

/** The length of a prefix that is one address. */
export function fullLength(family: Family): number {
  return family === 'ipv4' ? 32 : 128;
}

/** An address with the length of its network, as ip(8) takes it. */
export interface Prefix {
  readonly address: string;
  readonly length: number;
}

/** `ip addr add ADDRESS/LENGTH dev DEVICE`. */
export function bindAddress({ address, length }: Prefix, device: string): AddressDeclaration {
  return { kind: 'address', family: familyOf(address), device, address, prefixLength: length, flags: [] };
}

/** The address alone, without a network around it. */
export function bindAlone(address: string, device: string): AddressDeclaration {
  return bindAddress({ address, length: fullLength(familyOf(address)) }, device);
}

/** Is the address in the network? False also where either of them is not known yet, or they are of two families. */
export function isWithin(address: string, network: string): boolean {
  return membersOf(network)(address);
}

/** The same, for many addresses of one network. */
export function membersOf(network: string): (address: string) => boolean {
  if (!isValidCIDR(network)) return () => false;
  const [base, length] = parseCIDR(network);
  const first = base instanceof IPv4 ? ipv4Number(base.toString()) : undefined;
  return (address) => {
    const number = ipv4Number(address);
    if (number !== undefined) return first !== undefined && isAlike(number, first, length);
    if (!isValid(address)) return false;
    const parsed = parse(address);
    return parsed.kind() === base.kind() && parsed.match([base, length]);
  };
}

/** Up to the length. */
function isAlike(one: number, other: number, length: number): boolean {
  const rest = 2 ** (32 - length);
  return Math.floor(one / rest) === Math.floor(other / rest);
}
