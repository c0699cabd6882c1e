// Whether a host may itself reach a load balancer's addresses that only some networks may reach; used in both modes.
import type { LoadBalancer, ServiceLayout } from './service';
import { isWithin } from './addresses';

/** True where one of the host's own addresses is in one of the ranges; false where that cannot be known yet. */
export function letsHostIn(
  { sourceRanges }: Pick<LoadBalancer, 'sourceRanges'>,
  { nodeAddresses }: Pick<ServiceLayout, 'nodeAddresses'>,
): boolean {
  return nodeAddresses.some((node) => sourceRanges.some((range) => isWithin(node, range)));
}
