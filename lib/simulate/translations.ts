// What nat makes of a packet's destination: DNAT and REDIRECT. Used by targets.ts.
import type { PortRange } from '../model/rule';
import { readPortRange } from '../syntax/vocabulary/values';
import type { Addresses } from './addresses';
import { ANY_ADDRESS, parseAddresses } from './addresses';
import type { Packet } from './packet';

/** Of `A[-B][:PORT[-PORT]]`, with brackets around addresses of IPv6 where a port follows. Of a range, any address. */
export function translateDestination(to: string): (packet: Packet) => Packet {
  return (packet) => {
    const { address, ports } = splitTo(to, packet);
    return {
      ...packet,
      destination: address === undefined ? packet.destination : addressesOf(address, packet),
      destinationPorts: ports ?? packet.destinationPorts,
      isDestinationTranslated: true,
      isForHost: address === undefined && packet.isForHost === true,
    };
  };
}

/** To the host itself: to the first address of the device that the packet came by, whichever that is. */
export function redirect(ports: string | undefined): (packet: Packet) => Packet {
  return (packet) => ({
    ...packet,
    destination: ANY_ADDRESS,
    destinationPorts: ports === undefined ? packet.destinationPorts : readPortRange(ports, '-'),
    isDestinationTranslated: true,
    isForHost: true,
  });
}

function addressesOf(text: string, { family }: Packet): Addresses {
  return parseAddresses(text, family) ?? ANY_ADDRESS;
}

function splitTo(to: string, { family }: Packet): { readonly address?: string; readonly ports?: PortRange } {
  const pattern = family === 'ipv4' ? /^([^:]*)(?::(.*))?$/ : /^\[?([^\]]*?)\]?(?::(\d[\d/-]*))?$/;
  const isPlain6 = family === 'ipv6' && !to.startsWith('[') && !/^:\d/.test(to);
  const [, address = '', ports] = isPlain6 ? ['', to] : (pattern.exec(to) ?? []);
  const [range] = ports?.split('/') ?? [];
  return {
    ...(address === '' ? {} : { address }),
    ...(range === undefined || range === '' ? {} : { ports: readPortRange(range, '-') }),
  };
}
