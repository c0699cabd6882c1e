// Puts all services and node ports of one host into parts; used by constructs, which add nothing to what is declared here.
import type { Declaration } from '../model/declaration';
import { declareService } from './cluster-ip';
import { declareNodePortsBase, declareNodePortsJump, declareServicesBase } from './host-wide';
import { declareNodePort } from './node-port';
import type { Service, ServiceLayout } from './service';
import { forwarding } from './shared-parts';

/** What one scope serves on one host. */
export interface HostedServices {
  readonly layout: ServiceLayout;
  readonly services: readonly Service[];
  /** Of services that are among `services`, at most one each. */
  readonly nodePorts: readonly NodePort[];
}

/** A port of the host itself that leads to a service. */
export interface NodePort {
  readonly service: Service;
  readonly port: number;
}

/** Part by part, in the order in which parts count. A change of one service changes the parts of that service alone. */
export function layOut({
  layout,
  services,
  nodePorts,
}: HostedServices): ReadonlyMap<string, readonly Declaration[]> {
  const parts = new Map<string, readonly Declaration[]>();
  if (services.length > 0) {
    const { name, declarations } = forwarding('ipv4');
    parts.set(name, declarations);
    parts.set(SHARED_PARTS.services, declareServicesBase(layout));
  }
  if (nodePorts.length > 0) {
    parts.set(SHARED_PARTS.nodePorts.base, declareNodePortsBase(layout));
    parts.set(SHARED_PARTS.nodePorts.jump, declareNodePortsJump(layout));
  }
  for (const service of services) parts.set(servicePart(service), declareService(service, layout));
  for (const { service, port } of nodePorts)
    parts.set(nodePortPart(service), declareNodePort(service, port, layout));
  return new Map([...parts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The parts that the first service, and the first node port, bring to a host. */
export const SHARED_PARTS = {
  services: '10-services',
  /** Its base stands before that of the services, so that its jump in FORWARD is below theirs, as with kube-proxy. */
  nodePorts: { base: '10-node-ports', jump: '90-node-ports' },
} as const;

/** The name of a service's own part. */
export function servicePart({ name }: Service): string {
  return `50-service ${name}`;
}

/** Next to its service's, and behind it: it jumps to the service's chain. */
export function nodePortPart(service: Service): string {
  return `${servicePart(service)} node port`;
}
