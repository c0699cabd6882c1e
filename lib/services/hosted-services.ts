// What one scope serves on one host, and the names of the parts that come of it; input of the files that lay services out.
import type { Service, ServiceLayout } from './service';

/** What one scope serves on one host. All services are in one mode; one of two families stands here twice. */
export interface HostedServices {
  readonly layout: ServiceLayout;
  readonly services: readonly Service[];
}

/** Parts of a host in iptables mode, whatever serves there. */
export const IPTABLES_PARTS = {
  services: '10-services',
  /** Stands before the services, so that its jump in FORWARD is below theirs, as with kube-proxy. */
  externalServices: '10-external-services',
  healthChecks: '10-health-check-node-ports',
  nodePorts: { base: '10-node-ports', jump: '90-node-ports' },
  /** Stands behind the services, so that its jumps are above theirs. */
  firewall: '10-services-firewall',
  /** Stands behind the firewall, so that its jumps are above all. */
  localhost: '10-services-localhost',
} as const;

/** The part of a host in IPVS mode that holds what services share. */
export const IPVS_SERVICES_PART = '10-services';

/** The name of a service's own part. */
export function servicePart({ name }: Pick<Service, 'name'>): string {
  return `50-service ${name}`;
}

/** Next to its service's, and behind it: it jumps to the service's chain. */
export function nodePortPart(service: Pick<Service, 'name'>): string {
  return `${servicePart(service)} node port`;
}

/** Next to its service's, and behind it: it jumps to the service's chain. */
export function loadBalancerPart(service: Pick<Service, 'name'>): string {
  return `${servicePart(service)} load balancer`;
}
