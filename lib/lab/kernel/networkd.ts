// The lab file's links and routes as files of systemd-networkd. Used by network-service.ts.
import { printInterfaceAddress } from '../addresses';
import { deviceOfRoute, wordAfter } from '../route-device';
import type { HostSpec, InterfaceAddress, RouteSpec } from '../spec';

/** A .network file for each link, and one for `lo` where a route leads there. Nothing else of networkd's defaults is changed. */
export function networkdFiles({ links, routes }: HostSpec): Record<string, string> {
  const routesOf = (device: string): RouteSpec[] =>
    routes.filter((route) => deviceOfRoute(route, links) === device);
  const all = [...links, { device: 'lo', addresses: [] }].map(({ device, addresses }) => ({
    device,
    addresses,
    routes: routesOf(device),
  }));
  return Object.fromEntries(
    all
      .filter((link) => link.device !== 'lo' || link.routes.length > 0)
      .map((link) => [`etc/systemd/network/10-${link.device}.network`, printLink(link)]),
  );
}

interface NetworkdLink {
  readonly device: string;
  readonly addresses: readonly InterfaceAddress[];
  readonly routes: readonly RouteSpec[];
}

// No router advertises itself in a lab, and networkd would wait 12 seconds for one.
function printLink({ device, addresses, routes }: NetworkdLink): string {
  return [
    section('Match', [`Name=${device}`]),
    section('Network', ['IPv6AcceptRA=no']),
    ...addresses.map(printAddress),
    ...routes.map(printRoute),
  ].join('\n');
}

function printAddress(address: InterfaceAddress): string {
  const unchecked = address.family === 'ipv6' ? ['DuplicateAddressDetection=none'] : [];
  return section('Address', [`Address=${printInterfaceAddress(address)}`, ...unchecked]);
}

const ROUTE_KEYS = {
  via: 'Gateway',
  src: 'PreferredSource',
  metric: 'Metric',
  table: 'Table',
  mtu: 'MTUBytes',
} as const;

function printRoute({ family, words }: RouteSpec): string {
  const [destination = 'default'] = words;
  const everywhere = family === 'ipv6' ? '::/0' : '0.0.0.0/0';
  const options = Object.entries(ROUTE_KEYS).flatMap(([option, key]) => {
    const value = wordAfter(words, option);
    return value === undefined ? [] : [`${key}=${value}`];
  });
  return section('Route', [
    `Destination=${destination === 'default' ? everywhere : destination}`,
    ...options,
    ...(words.includes('onlink') ? ['GatewayOnLink=yes'] : []),
  ]);
}

function section(name: string, lines: readonly string[]): string {
  return `[${name}]\n${lines.map((line) => `${line}\n`).join('')}`;
}
