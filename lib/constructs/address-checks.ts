// What can be wrong with addresses of either family, with prefixes and with devices; used by constructs that speak of them.
import { IPv6, isValid } from 'ipaddr.js';
import { cidrFault } from '../model/cidr';
import type { Family } from '../model/iptables';
import { familyOf, fullLength } from '../services/addresses';
import { parseIpv6, printIpv6 } from '../syntax/ipv6-text';
import type { Check, Pattern } from './checks';
import { allAddresses, checkIpv4, checkPattern, ifKnown, toCheck } from './checks';
import { isUnknown, splitTokens } from './framework';

/** The kernel's limit is 15 bytes. */
const DEVICE: Pattern = {
  pattern: /^[A-Za-z0-9_.-]{1,15}$/,
  allowed: 'the name of a network device, at most 15 characters, without what `ip link` shows behind an @',
};

/** The name of a network device. */
export function checkDevice(prop: string, device: string): Check {
  return checkPattern(prop, device, DEVICE);
}

/** One address of IPv4 or IPv6, without a network. */
export function checkAddress(prop: string, address: string): Check {
  if (!address.includes(':')) {
    const check = checkIpv4(prop, address);
    if (check?.code !== 'bad-address') return check;
    return { ...check, what: `${prop} is not an address`, allowed: 'such as 10.96.0.10 or fd00::10' };
  }
  if (IPv6.isValid(address) && !address.includes('%')) return undefined;
  return {
    code: 'bad-address',
    what: `${prop} is not an address`,
    given: address,
    allowed: 'such as 10.96.0.10 or fd00::10',
  };
}

/** An address with the length of its network; the address may be a token, the length not. */
export function checkPrefix(prop: string, prefix: string): Check {
  const { address, length } = splitPrefix(prefix);
  const allowed = 'an address and the length of its network, such as 182.16.100.101/24';
  if (length === undefined) {
    return {
      code: 'no-prefix-length',
      what: `${prop} has no prefix length`,
      given: isUnknown(prefix) ? 'a token' : prefix,
      allowed,
      fix: isUnknown(prefix)
        ? `write the length behind the token: \`\${…}/24\``
        : `write ${prefix}/24 if its network is a /24, or ${prefix}/${fullLength(familyOf(prefix))} for the address alone`,
    };
  }
  const wrong = ifKnown(address, (known) => checkAddress(prop, known));
  if (wrong !== undefined) return { ...wrong, given: prefix, allowed };
  const most = fullLength(givenFamily(address));
  if (/^\d{1,3}$/.test(length) && Number(length) >= 1 && Number(length) <= most) return undefined;
  return {
    code: 'bad-prefix-length',
    what: `${prop} has a prefix length that there is not`,
    given: isUnknown(prefix) ? `/${length}` : prefix,
    allowed: `1 to ${most}`,
  };
}

/** A network of either family, all addresses included. */
export function checkNetwork(prop: string, cidr: string): Check {
  const fault = cidrFault(cidr);
  return fault === undefined ? undefined : toCheck(prop, fault, cidr);
}

/** A network of either family by which packets are told from others: all addresses would tell nothing apart. */
export function checkTellingNetwork(prop: string, cidr: string): Check {
  const fault = checkNetwork(prop, cidr);
  return fault === undefined && cidr.endsWith('/0') ? allAddresses(prop, cidr) : fault;
}

/** `address/length` in its two halves; a `/` in a token is none. */
export function splitPrefix(prefix: string): {
  readonly address: string;
  readonly length: string | undefined;
} {
  const literalEnd = splitTokens(prefix).at(-1);
  const slash = literalEnd?.kind === 'literal' ? literalEnd.text.lastIndexOf('/') : -1;
  if (literalEnd === undefined || slash < 0) return { address: prefix, length: undefined };
  const cut = prefix.length - literalEnd.text.length + slash;
  return { address: prefix.slice(0, cut), length: prefix.slice(cut + 1) };
}

/** Each address once, in whichever way it is written. */
export function checkAreOnce(prop: string, addresses: readonly string[]): Check {
  const printed = addresses.map(toCanonicalAddress);
  const twice = printed.find((address, index) => printed.indexOf(address) !== index);
  if (twice === undefined) return undefined;
  return {
    code: 'address-twice',
    what: `an address stands twice in ${prop}`,
    given: isUnknown(twice) ? 'a token' : twice,
    allowed: 'each address once',
  };
}

/** Addresses by the props that they stand in: all of one family, as far as they are known. */
export function checkAreOfOneFamily(what: string, addresses: readonly string[], fix: string): Check {
  const known = addresses.filter((address) => !isUnknown(address) && isValid(address));
  if (new Set(known.map(familyOf)).size < 2) return undefined;
  return {
    code: 'mixed-families',
    what,
    given: known.join(', '),
    allowed: 'addresses of one family',
    fix,
  };
}

/** Of an address as it was given; a token is taken for one of IPv4. */
export function givenFamily(address: string): Family {
  return isUnknown(address) ? 'ipv4' : familyOf(address);
}

/** IPv6 as the kernel prints it; anything else as it is. */
export function toCanonicalAddress(address: string): string {
  if (isUnknown(address) || !address.includes(':')) return address;
  const parsed = parseIpv6(address);
  return parsed === undefined ? address : printIpv6(parsed);
}
