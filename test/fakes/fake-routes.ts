// What a kernel makes and demands of routes: connected networks, gateways that can be reached, sources that exist. Used by fake-ip.ts.
import ipaddr from 'ipaddr.js';
import type { AddressDeclaration, NextHop, RouteDeclaration } from '../../lib/model/ip';
import { cutHostBits, printPrefix, readIpPrefix } from '../../lib/syntax/ip/prefixes';

/** What routes lean on. */
export interface Ground {
  readonly addresses: readonly AddressDeclaration[];
  readonly routes: readonly RouteDeclaration[];
  /** Devices that are up. */
  readonly up: ReadonlySet<string>;
  readonly devices: ReadonlySet<string>;
}

/** The route to its own network that the kernel makes for an address on a device that is up. */
export function kernelRoutes({ addresses, up }: Pick<Ground, 'addresses' | 'up'>): RouteDeclaration[] {
  return addresses.flatMap((address) => {
    const { family, device, peer, prefixLength, flags, metric } = address;
    const isSingle = family === 'ipv4' && prefixLength === 32 && peer === undefined;
    if (isSingle || flags.includes('noprefixroute') || !up.has(device)) return [];
    const network = cutHostBits({ family, address: peer ?? address.address, length: prefixLength });
    return [
      {
        kind: 'route',
        family,
        type: 'unicast',
        destination: printPrefix(network, 'default'),
        table: 254,
        metric: metric ?? (family === 'ipv6' ? 256 : 0),
        nextHops: [{ device }],
        ...(family === 'ipv4' ? { source: address.address } : {}),
        scope: family === 'ipv4' ? 253 : 0,
        protocol: 2,
        metrics: [],
      },
    ];
  });
}

/** The route as the kernel holds it, its devices found, or what it answers. */
export function settleRoute(route: RouteDeclaration, ground: Ground): RouteDeclaration | string {
  const nextHops: NextHop[] = [];
  for (const hop of route.nextHops) {
    const settled = settleHop(hop, ground);
    if (typeof settled === 'string') return settled;
    nextHops.push(settled);
  }
  const { source, family } = route;
  const isThere = source === undefined || ground.addresses.some(({ address }) => address === source);
  if (!isThere)
    return family === 'ipv4' ? 'Error: Invalid prefsrc address.' : 'Error: Invalid source address.';
  return { ...route, nextHops };
}

function settleHop(hop: NextHop, ground: Ground): NextHop | string {
  const { via, device } = hop;
  if (device !== undefined && !ground.devices.has(device)) return `Cannot find device "${device}"`;
  if (device !== undefined && !ground.up.has(device)) return 'Error: Device for nexthop is not up.';
  if (via === undefined || hop.onlink === true || /^fe80:/.test(via)) return hop;
  const found = deviceTowards(via, ground);
  if (found === undefined || (device !== undefined && device !== found)) {
    return via.includes(':') ? 'RTNETLINK answers: No route to host' : 'Error: Nexthop has invalid gateway.';
  }
  return { ...hop, device: found };
}

/** By a route that needs no gateway itself. */
function deviceTowards(address: string, { addresses, routes, up }: Ground): string | undefined {
  const direct = [...kernelRoutes({ addresses, up }), ...routes].filter(
    ({ nextHops: [hop], table }) => hop !== undefined && hop.via === undefined && table === 254,
  );
  return direct.find(({ destination }) => contains(destination, address))?.nextHops[0]?.device;
}

function contains(destination: string, address: string): boolean {
  const {
    family,
    address: network,
    length,
  } = readIpPrefix(destination === 'default' ? '0.0.0.0/0' : destination);
  const given = ipaddr.parse(address);
  if (given.kind() !== family) return false;
  const bits = length ?? (family === 'ipv4' ? 32 : 128);
  return given instanceof ipaddr.IPv4
    ? given.match(ipaddr.IPv4.parse(network), bits)
    : given.match(ipaddr.IPv6.parse(network), bits);
}
