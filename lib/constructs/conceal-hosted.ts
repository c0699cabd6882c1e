// Puts plain words in the place of all tokens of what a host serves, before it is laid out; used by host-services.ts.
import type { HostedServices } from '../services/hosted-services';
import type { LoadBalancer, PodDetector, Service } from '../services/service';
import { isUnknown } from './framework';
import type { Conceal } from './laid-out-parts';

/** The same, without tokens. */
export function concealHosted({ layout, services }: HostedServices, conceal: Conceal): HostedServices {
  return {
    layout: {
      ...layout,
      nodeAddresses: layout.nodeAddresses.map(conceal),
      nodePortAddresses: layout.nodePortAddresses.map(conceal),
    },
    services: services.map((service) => concealService(service, conceal)),
  };
}

function concealService(service: Service, conceal: Conceal): Service {
  if (!mayHoldTokens(service)) return service;
  const { pods, loadBalancer, ...more } = service;
  return {
    ...more,
    clusterIp: conceal(service.clusterIp),
    externalIps: service.externalIps.map(conceal),
    endpoints: service.endpoints.map((endpoint) => ({ ...endpoint, address: conceal(endpoint.address) })),
    ...(pods === undefined ? {} : { pods: concealPods(pods, conceal) }),
    ...(loadBalancer === undefined ? {} : { loadBalancer: concealBalancer(loadBalancer, conceal) }),
  };
}

/** Few do. */
function mayHoldTokens({ clusterIp, externalIps, endpoints, pods, loadBalancer }: Service): boolean {
  return (
    loadBalancer !== undefined ||
    endpoints.some(({ unknownIndex }) => unknownIndex !== undefined) ||
    [clusterIp, ...externalIps].some(isUnknown) ||
    (pods?.kind === 'cidr' && isUnknown(pods.cidr))
  );
}

function concealPods(pods: PodDetector, conceal: Conceal): PodDetector {
  return pods.kind === 'cidr' ? { ...pods, cidr: conceal(pods.cidr) } : pods;
}

function concealBalancer(balancer: LoadBalancer, conceal: Conceal): LoadBalancer {
  return {
    ...balancer,
    addresses: balancer.addresses.map(conceal),
    sourceRanges: balancer.sourceRanges.map(conceal),
  };
}
