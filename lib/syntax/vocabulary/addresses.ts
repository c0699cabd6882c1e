// Addresses and prefixes as iptables-save prints them: host bits cut, always with a prefix length. Names are never looked up.
import type { Family } from '../../model/iptables';
import { refuse } from '../problem';
import { readAddress6, readPrefix6 } from './addresses6';
import { refuseAddress } from './refused-address';

/** The prefix that `-s` or `-d` means; absent for the whole family (`0.0.0.0/0`), which the tools do not print. */
export function readPrefix(text: string, family: Family): string | undefined {
  const [address = '', mask, ...more] = text.split('/');
  if (more.length > 0) refuseAddress(text, family);
  return family === 'ipv4' ? readPrefix4(address, mask, text) : readPrefix6(address, mask, text);
}

/** As conntrack and policy print it: the address as it was given, and the length only where it leaves bits out. */
export function readUncutPrefix(text: string, family: Family): string {
  const [address = ''] = text.split('/');
  const length = (readPrefix(text, family) ?? '/0').split('/')[1] ?? '';
  if (!/^\d+$/.test(length)) {
    refuse('bad-prefix', `a mask with holes is not saved by the tools here, got ${text}`, {
      allowed: 'a length, or a mask without holes such as 255.255.255.0',
      fix: 'write a length',
    });
  }
  const whole = family === 'ipv4' ? '32' : '128';
  return `${readAddress(address, family)}${length === whole ? '' : `/${length}`}`;
}

/** One address with nothing behind it, in the tools' form. */
export function readAddress(text: string, family: Family): string {
  return family === 'ipv4' ? bytesToText(readBytes(text, text)) : readAddress6(text, text);
}

/** `A` or `A-B`; the second is left out where it equals the first, as the tools do. */
export function readAddressRange(text: string, family: Family): string {
  const [first = '', last, ...more] = text.split('-');
  if (more.length > 0) refuseAddress(text, family);
  const range = [first, ...(last === undefined ? [] : [last])].map((address) => readAddress(address, family));
  return [...new Set(range)].join('-');
}

function readPrefix4(address: string, mask: string | undefined, given: string): string | undefined {
  const short = mask !== undefined && /^\d{1,3}(\.\d{1,3}){0,2}$/.test(address);
  const bytes = readBytes(
    short ? [...address.split('.'), '0', '0', '0'].slice(0, 4).join('.') : address,
    given,
  );
  const length = mask === undefined ? 32 : readMask(mask, given);
  const maskBytes = Array.isArray(length) ? length : lengthToBytes(length);
  const network = bytesToText(bytes.map((byte, index) => byte & (maskBytes[index] ?? 0)));
  if (length === 0) return undefined;
  return `${network}/${Array.isArray(length) ? bytesToText(length) : length}`;
}

/** A length, or the bytes of a mask that is no length: iptables takes `255.0.255.0`. */
function readMask(mask: string, given: string): number | number[] {
  if (/^(0|[1-9]\d?)$/.test(mask) && Number(mask) <= 32) return Number(mask);
  if (!mask.includes('.')) {
    refuse('bad-prefix', `a prefix length must be 0 to 32, got ${given}`, {
      allowed: '0 to 32, or a mask such as 255.255.255.0',
      fix: 'write another length',
    });
  }
  const bytes = readBytes(mask, given);
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits) ? (bits.indexOf('0') < 0 ? 32 : bits.indexOf('0')) : bytes;
}

function lengthToBytes(length: number): number[] {
  return [0, 8, 16, 24].map((start) => 0xff & ~(0xff >> Math.min(8, Math.max(0, length - start))));
}

function readBytes(text: string, given: string): number[] {
  if (text.includes(':')) {
    refuse('wrong-family', `iptables takes IPv4 addresses, got ${given}`, {
      fix: 'write an IPv4 address, or the line with ip6tables',
    });
  }
  const bytes = text.split('.');
  const isPlain =
    bytes.length === 4 && bytes.every((byte) => /^(0|[1-9]\d{0,2})$/.test(byte) && Number(byte) < 256);
  return isPlain ? bytes.map(Number) : refuseAddress(given, 'ipv4');
}

function bytesToText(bytes: readonly number[]): string {
  return bytes.join('.');
}
