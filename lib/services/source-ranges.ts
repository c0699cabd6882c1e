// Whether a host may itself reach a load balancer's addresses that only some networks may reach; used in both modes.
import { IPv4 } from 'ipaddr.js';
import type { LoadBalancer } from './hosted-services';
import type { ServiceLayout } from './service';

/** True where one of the host's own addresses is in one of the ranges; false where that cannot be known yet. */
export function letsHostIn(
  { sourceRanges }: Pick<LoadBalancer, 'sourceRanges'>,
  { nodeAddresses = [] }: Pick<ServiceLayout, 'nodeAddresses'>,
): boolean {
  return nodeAddresses.some((node) => sourceRanges.some((range) => contains(range, node)));
}

function contains(range: string, address: string): boolean {
  return IPv4.isValidCIDR(range) && IPv4.isValid(address) && IPv4.parse(address).match(IPv4.parseCIDR(range));
}
