// Numbers and addresses as ipvsadm takes them: decimal only, addresses with or without a port. Used by the readers of this folder.
import type { Family } from '../../model/iptables';
import { refuse } from '../problem';
import { readAddress } from '../vocabulary/addresses';
import { readPort } from '../vocabulary/values';

/** A decimal number; ipvsadm takes no hexadecimal one, and reads a leading 0 as nothing. */
export function readCount(text: string, what: string, [least, most]: readonly [number, number]): number {
  const value = /^(0|[1-9]\d{0,10})$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  return refuse('bad-number', `${what} must be ${least} to ${most}, got ${text === '' ? 'nothing' : text}`, {
    allowed: `a whole number, ${least} to ${most}`,
    fix: /^0\d/.test(text) ? 'leave the leading 0 out' : 'write a number of that range',
  });
}

/** An address, and the port if one is said. */
export interface AddressAndPort {
  readonly family: Family;
  readonly address: string;
  readonly port?: number;
}

/** `192.0.2.1:80`, `192.0.2.1`, `[2001:db8::1]:80` or `2001:db8::1`; `what` is what it is of, for messages. */
export function readAddressAndPort(text: string, what: string): AddressAndPort {
  const bracketed = /^\[(.*)\](?::(.*))?$/.exec(text);
  if (bracketed !== null) return readBracketed(bracketed[1] ?? '', bracketed[2], what);
  if (text.split(':').length > 2) return { family: 'ipv6', address: readAddress(text, 'ipv6') };
  const [address = '', port] = text.split(':');
  return { family: 'ipv4', address: readAddress(address, 'ipv4'), ...withPort(port) };
}

function readBracketed(address: string, port: string | undefined, what: string): AddressAndPort {
  if (!address.includes(':')) {
    refuse('bad-address', `only IPv6 addresses stand in brackets, got [${address}]`, {
      fix: 'leave the brackets out',
    });
  }
  const read = { family: 'ipv6', address: readAddress(address, 'ipv6') } as const;
  if (port !== undefined) return { ...read, ...withPort(port) };
  return refuse('port-missing', `ipvsadm takes brackets only with a port behind them, got [${address}]`, {
    fix: `write [${address}]:PORT, or ${address} without brackets for ${what} without a port`,
  });
}

function withPort(port: string | undefined): { readonly port?: number } {
  return port === undefined ? {} : { port: readPort(port) };
}

/** As ipvsadm prints it. */
export function printAddressAndPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
