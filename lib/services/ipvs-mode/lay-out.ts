// Puts all that is served on one host in IPVS mode into parts; used by lay-out.ts.
import type { Declaration } from '../../model/declaration';
import type { HostedServices } from '../hosted-services';
import { IPVS_SERVICES_PART, loadBalancerPart, nodePortPart, servicePart } from '../hosted-services';
import type { SharedPart } from '../shared-parts';
import { IPVS_CONNTRACK, IPVS_EXPIRY, forwarding } from '../shared-parts';
import { declareIpvsBase } from './base';
import { declareIpvsLoadBalancer, declareIpvsNodePort, declareIpvsService } from './service';

/** The sysctls that kube-proxy sets in this mode, but for `conn_reuse_mode`, which kernels since 5.9 need no more. */
export const IPVS_MODE_SYSCTLS: readonly SharedPart[] = [forwarding('ipv4'), IPVS_CONNTRACK, IPVS_EXPIRY];

/** By name of part. */
export function layOutInIpvsMode(hosted: HostedServices): ReadonlyMap<string, readonly Declaration[]> {
  const { layout, services, nodePorts, loadBalancers } = hosted;
  return new Map<string, readonly Declaration[]>([
    ...IPVS_MODE_SYSCTLS.map(({ name, declarations }) => [name, declarations] as const),
    [IPVS_SERVICES_PART, declareIpvsBase(hosted)],
    ...services.map((service) => [servicePart(service), declareIpvsService(service, layout)] as const),
    ...nodePorts.map((each) => [nodePortPart(each.service), declareIpvsNodePort(each, layout)] as const),
    ...loadBalancers.map(
      (each) => [loadBalancerPart(each.service), declareIpvsLoadBalancer(each, layout)] as const,
    ),
  ]);
}
