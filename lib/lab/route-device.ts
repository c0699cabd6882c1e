// Which device a route of the lab file leads out of, for network services that keep each route with its link. Used by read-host.ts and kernel/.
import ipaddr from 'ipaddr.js';
import type { InterfaceAddress, LinkSpec, RouteSpec } from './spec';

/** The device that the route names, else that of the network its gateway is in; nothing where neither tells. */
export function deviceOfRoute({ words }: RouteSpec, links: readonly LinkSpec[]): string | undefined {
  const named = wordAfter(words, 'dev');
  if (named !== undefined) return named;
  const gateway = wordAfter(words, 'via');
  if (gateway === undefined) return undefined;
  return links.find(({ addresses }) => addresses.some((own) => isIn(gateway, own)))?.device;
}

/** The value of an option of `ip route add`. */
export function wordAfter(words: readonly string[], option: string): string | undefined {
  const index = words.indexOf(option);
  return index === -1 ? undefined : words[index + 1];
}

function isIn(gateway: string, { address, prefixLength }: InterfaceAddress): boolean {
  const [one, other] = [ipaddr.parse(gateway), ipaddr.parse(address)];
  return one.kind() === other.kind() && one.match(other, prefixLength);
}
