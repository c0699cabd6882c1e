// Networks as people write them, `192.0.2.0/24`: what is wrong with one, for the doors at which a user gives it.
import { IPv4, IPv6, isValid } from 'ipaddr.js';

/** What is wrong with a text that should be a network, in the words of an error. */
export interface CidrFault {
  readonly kind: 'no-network' | 'leading-zero' | 'host-bits';
  readonly what: string;
  readonly allowed: string;
  readonly fix?: string;
}

/** Undefined where nothing is: an address of IPv4 or IPv6 without host bits, a slash, and the length. */
export function cidrFault(text: string): CidrFault | undefined {
  const [address = '', length, ...more] = text.split('/');
  const most = mostBits(address);
  const zero = leadingZeroFault(text);
  if (zero !== undefined) return zero;
  if (most === undefined || more.length > 0) return NO_NETWORK;
  if (length === undefined) return { ...NO_NETWORK, fix: `write ${text}/${most} for the one address` };
  if (!/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > most) {
    return { ...NO_NETWORK, allowed: `a length of 0 to ${most}` };
  }
  const network = networkOf(address, Number(length));
  const isNetwork = network === `${canonical(address)}/${length}`;
  return isNetwork
    ? undefined
    : {
        kind: 'host-bits',
        what: 'is an address in a network, not the network',
        allowed: 'host bits of zero',
        fix: `write ${network}, or ${canonical(address)}/${most} for the one address`,
      };
}

const NO_NETWORK: CidrFault = {
  kind: 'no-network',
  what: 'is no network',
  allowed: 'an address, a slash and a length, such as 192.0.2.0/24 or 2001:db8::/32',
};

/** `010` is eight to some and ten to others. Undefined where no number begins so; of an address, or one with a length behind it. */
export function leadingZeroFault(text: string): CidrFault | undefined {
  const [address = ''] = text.split('/');
  if (!/^\d+(\.\d+){3}$/.test(address) || !/(^|\.)0\d/.test(address)) return undefined;
  return {
    kind: 'leading-zero',
    what: 'has a number with a leading zero, which is octal to some programs and decimal to others',
    allowed: 'numbers without leading zeros',
    fix: `write ${text.replace(/\b0+(?=\d)/g, '')} if you mean that`,
  };
}

function mostBits(address: string): number | undefined {
  if (address.includes(':')) return IPv6.isValid(address) && !address.includes('%') ? 128 : undefined;
  const isPlain = isValid(address) && IPv4.isValidFourPartDecimal(address);
  return isPlain ? 32 : undefined;
}

function networkOf(address: string, length: number): string {
  const cidr = `${address}/${length}`;
  const network = address.includes(':')
    ? IPv6.networkAddressFromCIDR(cidr).toRFC5952String()
    : IPv4.networkAddressFromCIDR(cidr).toString();
  return `${network}/${length}`;
}

function canonical(address: string): string {
  return address.includes(':') ? IPv6.parse(address).toRFC5952String() : address;
}
