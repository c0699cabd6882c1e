// Puts all that is served on one host in IPVS mode into parts; used by lay-out.ts.
import type { Family } from '../../model/iptables';
import type { HostedServices } from '../hosted-services';
import { IPVS_SERVICES_PART, loadBalancerPart, nodePortPart, servicePart } from '../hosted-services';
import { PartsBuilder } from '../parts-builder';
import type { SharedPart } from '../shared-parts';
import { IPVS_CONNTRACK, IPVS_EXPIRY, forwarding } from '../shared-parts';
import { declareIpvsBase } from './base';
import { deviceName } from './names';
import { declareIpvsLoadBalancer, declareIpvsNodePort, declareIpvsService } from './service';

/** The sysctls that kube-proxy sets in this mode, but for `conn_reuse_mode`, which kernels since 5.9 need no more. */
export function ipvsModeSysctls(family: Family): readonly SharedPart[] {
  return [forwarding(family), IPVS_CONNTRACK, IPVS_EXPIRY];
}

/** By name of part. */
export function layOutInIpvsMode({ layout, services }: HostedServices): PartsBuilder {
  const parts = new PartsBuilder();
  const families = [...new Set(services.map(({ family }) => family))].toSorted();
  const shared = new Map(families.flatMap(ipvsModeSysctls).map((part) => [part.name, part]));
  for (const { name, declarations } of shared.values()) parts.add(name, () => declarations);
  parts.add(IPVS_SERVICES_PART, () => [
    { kind: 'link', name: deviceName(layout.chainPrefix), type: 'dummy' },
  ]);
  for (const family of families) {
    const ofFamily = services.filter((service) => service.family === family);
    parts.add(IPVS_SERVICES_PART, () => declareIpvsBase({ layout, family, services: ofFamily }));
  }
  for (const service of services) {
    parts.add(servicePart(service), () => declareIpvsService(service, layout));
    if (service.nodePort !== undefined)
      parts.add(nodePortPart(service), () => declareIpvsNodePort(service, layout));
    if (service.loadBalancer !== undefined)
      parts.add(loadBalancerPart(service), () => declareIpvsLoadBalancer(service, layout));
  }
  return parts;
}
