// Puts all that is served on one host into parts; used by constructs, which add nothing to what is declared here.
import type { Declaration } from '../model/declaration';
import { declareService } from './cluster-ip';
import { declareExternal } from './external';
import {
  declareExternalServicesBase,
  declareFirewallBase,
  declareNodePortsBase,
  declareNodePortsJump,
  declareServicesBase,
} from './host-wide';
import type { HostedServices } from './hosted-services';
import { IPTABLES_PARTS, loadBalancerPart, nodePortPart, servicePart } from './hosted-services';
import { layOutInIpvsMode } from './ipvs-mode/lay-out';
import { declareLoadBalancer } from './load-balancer';
import { declareNodePort } from './node-port';
import { forwarding } from './shared-parts';

/** Part by part, in the order in which parts count. A change of one service changes the parts of that service alone. */
export function layOut(hosted: HostedServices): ReadonlyMap<string, readonly Declaration[]> {
  const isInIpvsMode = hosted.services.some(({ ipvs }) => ipvs !== undefined);
  const parts = isInIpvsMode ? layOutInIpvsMode(hosted) : layOutInIptablesMode(hosted);
  return new Map([...parts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function layOutInIptablesMode(hosted: HostedServices): ReadonlyMap<string, readonly Declaration[]> {
  const { layout, services, nodePorts, loadBalancers } = hosted;
  const parts = layOutShared(hosted);
  const external = new Set([...nodePorts, ...loadBalancers].map(({ service }) => service.name));
  for (const service of services) {
    const declared = declareService(service, layout);
    const entrance = external.has(service.name) ? declareExternal(service, layout) : [];
    parts.set(servicePart(service), [...declared, ...entrance]);
  }
  for (const { service, port } of nodePorts)
    parts.set(nodePortPart(service), declareNodePort(service, port, layout));
  for (const balancer of loadBalancers)
    parts.set(loadBalancerPart(balancer.service), declareLoadBalancer(balancer, layout));
  return parts;
}

function layOutShared(hosted: HostedServices): Map<string, readonly Declaration[]> {
  const { layout, services, nodePorts, loadBalancers } = hosted;
  const parts = new Map<string, readonly Declaration[]>();
  if (services.length > 0) {
    const { name, declarations } = forwarding('ipv4');
    parts.set(name, declarations);
    parts.set(IPTABLES_PARTS.services, declareServicesBase(layout));
  }
  if (nodePorts.length + loadBalancers.length > 0)
    parts.set(IPTABLES_PARTS.externalServices, declareExternalServicesBase(layout));
  if (nodePorts.length > 0) {
    parts.set(IPTABLES_PARTS.nodePorts.base, declareNodePortsBase(layout));
    parts.set(IPTABLES_PARTS.nodePorts.jump, declareNodePortsJump(layout));
  }
  if (loadBalancers.some(({ sourceRanges }) => sourceRanges.length > 0))
    parts.set(IPTABLES_PARTS.firewall, declareFirewallBase(layout));
  return parts;
}
