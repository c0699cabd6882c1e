// Places, ends and outcomes as text, for messages and for tables of expectations. Used by outcomes.ts, converge/lockout and tests.
import ipaddr from 'ipaddr.js';
import type { Family } from '../model/iptables';
import { IPTABLES } from '../model/iptables';
import type { PortRange } from '../model/rule';
import { printPortRange } from '../syntax/vocabulary/values';
import { printIpv6 } from '../syntax/ipv6-text';
import { printSavedRuleLine } from '../syntax/print';
import type { Addresses } from './addresses';
import { prefixLength, WIDTH } from './addresses';
import type { Outcome } from './outcomes';
import type { Place } from './trace';

/** `iptables -t filter -A INPUT …`, or `-P`. */
export function printPlace({ address, position, text }: Place): string {
  return position === undefined
    ? `${IPTABLES[address.family]} -t ${address.table} -P ${address.chain} ${text}`
    : printSavedRuleLine(address, text);
}

/** `10.0.0.1`, `10.0.0.0/24`, or `any address`. */
export function printAddresses(addresses: Addresses, family: Family): string {
  const length = prefixLength(addresses);
  if (length === 0) return 'any address';
  const text = printAddress(addresses.bits, family);
  return length === WIDTH[family] ? text : `${text}/${length}`;
}

/** `forwarded to 10.0.0.1:80, masqueraded`; of what is stopped the word alone. */
export function printOutcome({ disposition, packet, sourceTranslation, why }: Outcome): string {
  switch (disposition) {
    case 'delivered':
    case 'sent':
    case 'forwarded': {
      const to = printEnd(packet.destination, packet.destinationPorts, packet.family);
      const words = sourceTranslation === undefined ? undefined : SOURCES[sourceTranslation.kind];
      const source = words === undefined ? '' : `, ${words(printAddresses(packet.source, packet.family))}`;
      return `${disposition} to ${to}${source}`;
    }
    default:
      return why === undefined ? disposition : `${disposition}: ${why}`;
  }
}

const SOURCES = {
  masquerade: () => 'masqueraded',
  snat: (source: string) => `from ${source}`,
} as const;

function printEnd(addresses: Addresses, ports: PortRange, family: Family): string {
  const address = printAddresses(addresses, family);
  return family === 'ipv6'
    ? `[${address}]:${printPortRange(ports, '-')}`
    : `${address}:${printPortRange(ports, '-')}`;
}

function printAddress(bits: bigint, family: Family): string {
  const groups = family === 'ipv4' ? [4, 8] : [8, 16];
  const [count = 4, size = 8] = groups;
  const parts = Array.from({ length: count }, (_, index) =>
    Number((bits >> BigInt(size * (count - 1 - index))) & BigInt(2 ** size - 1)),
  );
  return family === 'ipv4' ? parts.join('.') : printIpv6(new ipaddr.IPv6(parts));
}
