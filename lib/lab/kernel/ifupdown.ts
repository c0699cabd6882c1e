// The lab file's links and routes as Debian's /etc/network/interfaces. Used by network-service.ts.
import { printInterfaceAddress } from '../addresses';
import { deviceOfRoute } from '../route-device';
import type { HostSpec, InterfaceAddress, LinkSpec, RouteSpec } from '../spec';

/** A stanza for each address, as ifupdown wants them. */
export function printInterfaces({ links, routes }: HostSpec): string {
  const routesOf = (device: string): RouteSpec[] =>
    routes.filter((route) => deviceOfRoute(route, links) === device);
  const loopback = routesOf('lo').map((route) => printUp(route, 'lo'));
  const stanzas = links.flatMap((link) => printLink(link, routesOf(link.device)));
  return ['auto lo\n', 'iface lo inet loopback\n', ...loopback, ...stanzas].join('');
}

function printLink({ device, addresses }: LinkSpec, routes: readonly RouteSpec[]): string[] {
  const isGateway = (route: RouteSpec): boolean =>
    isPlainDefault(route) && addresses.some(({ family }) => family === route.family);
  const stanzas = addresses.map((address, index) => {
    const isFirst = addresses.findIndex(({ family }) => family === address.family) === index;
    const gateways = routes.filter((route) => isFirst && route.family === address.family && isGateway(route));
    return [
      printStanza(device, address),
      ...gateways.map(({ words }) => `  gateway ${words[2] ?? ''}\n`),
    ].join('');
  });
  const bare = addresses.length === 0 ? [`iface ${device} inet manual\n`] : [];
  const others = routes.filter((route) => !isGateway(route));
  // Behind the last stanza, when all addresses are there.
  return [`auto ${device}\n`, ...stanzas, ...bare, ...others.map((route) => printUp(route, device))];
}

function printStanza(device: string, address: InterfaceAddress): string {
  const [inet, unchecked] = address.family === 'ipv6' ? ['inet6', '  dad-attempts 0\n'] : ['inet', ''];
  return `iface ${device} ${inet} static\n  address ${printInterfaceAddress(address)}\n${unchecked}`;
}

/** What the word `gateway` can say: it takes no options. */
function isPlainDefault({ words }: RouteSpec): boolean {
  return words.length === 3 && words[0] === 'default' && words[1] === 'via';
}

function printUp({ family, words }: RouteSpec, device: string): string {
  const named = words.includes('dev') ? words : [...words, 'dev', device];
  return `  up ip ${family === 'ipv6' ? '-6 ' : ''}route add ${named.join(' ')}\n`;
}
