// Rules that are surely for other addresses, told without reading all of them: a host may have thousands. Used by traverse.ts.
import type { Family } from '../model/iptables';
import type { Addresses } from './addresses';
import { isWithin, parseAddresses } from './addresses';
import type { Packet } from './packet';

/** A saved rule begins with `-s` and `-d`. Where neither stands there, or with a `!`, the rule has to be read. */
export function isSurelyElsewhere(text: string, packet: Packet): boolean {
  const [first = '', source = '', third = '', destination = ''] = text.split(' ', 4);
  if (first === '-d') return isOutside(source, packet.destination, packet.family);
  if (first !== '-s') return false;
  return (
    isOutside(source, packet.source, packet.family) ||
    (third === '-d' && isOutside(destination, packet.destination, packet.family))
  );
}

function isOutside(prefix: string, addresses: Addresses, family: Family): boolean {
  const named = parseAddresses(prefix, family);
  return named !== undefined && isWithin(addresses, named) === 'no';
}
