// Puts all that is served on one host into parts; used by constructs, which add nothing to what is declared here.
import type { Declaration } from '../model/declaration';
import type { Family } from '../model/iptables';
import { FAMILIES } from '../model/iptables';
import { declareService } from './cluster-ip';
import {
  declareExternalServicesBase,
  declareFirewallBase,
  declareHealthChecksBase,
  declareServicesBase,
} from './host-wide';
import type { HostedServices } from './hosted-services';
import { IPTABLES_PARTS, loadBalancerPart, nodePortPart, servicePart } from './hosted-services';
import { layOutInIpvsMode } from './ipvs-mode/lay-out';
import { declareLoadBalancer } from './load-balancer';
import { declareNodePort } from './node-port';
import { declareLocalhost, declareNodePortsBase, declareNodePortsJump } from './node-ports-base';
import { PartsBuilder } from './parts-builder';
import { isExternal } from './service';
import { forwarding } from './shared-parts';

/** All parts at once. */
export function layOut(hosted: HostedServices): ReadonlyMap<string, readonly Declaration[]> {
  return new Map(layOutByPart(hosted));
}

/** Part by part, in the order in which parts count. A change of one service changes the parts of that service alone. */
export function layOutByPart(
  hosted: HostedServices,
): Iterable<readonly [part: string, declarations: readonly Declaration[]]> {
  const isInIpvsMode = hosted.services.some(({ ipvs }) => ipvs !== undefined);
  return (isInIpvsMode ? layOutInIpvsMode(hosted) : layOutInIptablesMode(hosted)).inOrder();
}

function layOutInIptablesMode(hosted: HostedServices): PartsBuilder {
  const { layout, services } = hosted;
  const parts = new PartsBuilder();
  for (const family of FAMILIES) layOutShared(hosted, family, parts);
  for (const service of services) {
    parts.add(servicePart(service), () => declareService(service, layout));
    if (service.nodePort !== undefined)
      parts.add(nodePortPart(service), () => declareNodePort(service, layout));
    if (service.loadBalancer !== undefined)
      parts.add(loadBalancerPart(service), () => declareLoadBalancer(service, layout));
  }
  return parts;
}

function layOutShared({ layout, services }: HostedServices, family: Family, parts: PartsBuilder): void {
  const ofFamily = services.filter((service) => service.family === family);
  const hasNodePorts = ofFamily.some(({ nodePort }) => nodePort !== undefined);
  const balancers = ofFamily.flatMap(({ loadBalancer }) => loadBalancer ?? []);
  const [ports, forward] = [IPTABLES_PARTS.nodePorts, forwarding(family)];
  if (ofFamily.length > 0) {
    parts.add(forward.name, () => forward.declarations);
    parts.add(IPTABLES_PARTS.services, () => declareServicesBase(layout, family));
  }
  if (ofFamily.some(isExternal))
    parts.add(IPTABLES_PARTS.externalServices, () => declareExternalServicesBase(layout, family));
  if (balancers.some(({ healthCheckNodePort }) => healthCheckNodePort !== undefined))
    parts.add(IPTABLES_PARTS.healthChecks, () => declareHealthChecksBase(layout, family));
  if (hasNodePorts) {
    parts.add(ports.base, () => declareNodePortsBase(layout, family));
    parts.add(ports.jump, () => declareNodePortsJump(layout, family));
  }
  if (hasNodePorts && layout.localhostNodePorts && family === 'ipv4')
    parts.add(IPTABLES_PARTS.localhost, () => declareLocalhost(layout));
  if (balancers.some(({ sourceRanges }) => sourceRanges.length > 0))
    parts.add(IPTABLES_PARTS.firewall, () => declareFirewallBase(layout, family));
}
