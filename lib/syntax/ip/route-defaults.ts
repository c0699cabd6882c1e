// What ip(8) and the kernel take for a route where a line says nothing. Used by the reader and the printer of routes.
import type { RouteDeclaration } from '../../model/ip';
import { LOCAL_TABLE, MAIN_TABLE } from './names';

/** Where IPv6 puts a route that says no metric, or 0. */
export const IPV6_METRIC = 1024;

/** The table of a route of this type. */
export function usualTable(type: string): number {
  return ['local', 'broadcast', 'anycast'].includes(type) ? LOCAL_TABLE : MAIN_TABLE;
}

/** The scope, by number: how far away the destination is. IPv6 has none. */
export function usualScope({
  family,
  type,
  nextHops,
}: Pick<RouteDeclaration, 'family' | 'type' | 'nextHops'>): number {
  const [only, ...more] = nextHops;
  if (family === 'ipv6') return 0;
  if (type === 'local') return 254;
  if (['broadcast', 'multicast', 'anycast'].includes(type)) return 253;
  return type === 'unicast' && only?.via === undefined && more.length === 0 ? 253 : 0;
}
