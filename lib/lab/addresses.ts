// Addresses and routes as `ip` takes them, checked word by word. Used by read-spec.ts.
import ipaddr from 'ipaddr.js';
import type { InterfaceAddress, RouteSpec } from './spec';

/** `192.168.1.6/24` or `fd00::6/64`; nothing where it is neither. */
export function parseInterfaceAddress(text: string): InterfaceAddress | undefined {
  const [address, length, ...rest] = text.split('/');
  const family = familyOf(address);
  if (address === undefined || family === undefined || length === undefined || rest.length > 0)
    return undefined;
  if (!/^\d{1,3}$/.test(length) || Number(length) > (family === 'ipv4' ? 32 : 128)) return undefined;
  return { family, address: ipaddr.parse(address).toString(), prefixLength: Number(length) };
}

export function printInterfaceAddress({ address, prefixLength }: InterfaceAddress): string {
  return `${address}/${prefixLength}`;
}

/** `default via 192.168.1.1`, `10.5.88.0/24 via 192.168.1.7 dev eth0`; a problem's text where it is no such route. */
export function parseRoute(text: string, devices: readonly string[]): RouteSpec | string {
  const words = text.trim().split(/\s+/);
  const [destination, ...options] = words;
  const families = new Set([prefixFamily(destination)]);
  for (let index = 0; index < options.length; index += 2) {
    const word = options[index];
    if (word === 'onlink') {
      index -= 1;
      continue;
    }
    const value = options[index + 1];
    const problem = optionProblem(word, value, devices);
    if (problem !== undefined) return problem;
    if (word === 'via' || word === 'src') families.add(familyOf(value));
  }
  families.delete('any');
  const [family, ...others] = families;
  if (family === undefined && families.size > 0) {
    return `${JSON.stringify(destination)} is neither \`default\` nor a network such as 10.5.88.0/24`;
  }
  if (others.length > 0) return 'mixes IPv4 and IPv6';
  return { family: family === 'ipv6' ? 'ipv6' : 'ipv4', words };
}

function optionProblem(word: string | undefined, value: string | undefined, devices: readonly string[]) {
  switch (word) {
    case 'via':
    case 'src':
      return familyOf(value) === undefined ? `\`${word}\` wants an address` : undefined;
    case 'dev':
      return devices.includes(value ?? '') ? undefined : `\`dev\` wants one of ${devices.join(', ')}`;
    case 'metric':
    case 'table':
    case 'mtu':
      return /^\d{1,9}$/.test(value ?? '') ? undefined : `\`${word}\` wants a number`;
    default:
      return `${JSON.stringify(word)} is not one of via, dev, src, metric, table, mtu, onlink`;
  }
}

function prefixFamily(destination: string | undefined): 'ipv4' | 'ipv6' | 'any' | undefined {
  if (destination === 'default') return 'any';
  if (destination?.includes('/') === true) return parseInterfaceAddress(destination)?.family;
  return familyOf(destination);
}

function familyOf(address: string | undefined): 'ipv4' | 'ipv6' | undefined {
  if (address === undefined) return undefined;
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return 'ipv4';
  return ipaddr.IPv6.isValid(address) && !address.includes('%') && address.includes(':') ? 'ipv6' : undefined;
}
