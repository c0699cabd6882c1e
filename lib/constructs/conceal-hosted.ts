// Puts plain words in the place of all tokens of what a host serves, before it is laid out; used by host-services.ts.
import type { HostedServices } from '../services/hosted-services';
import type { LoadBalancer, PodDetector, Service, ServiceEndpoint } from '../services/service';
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

function concealService({ pods, loadBalancer, ...service }: Service, conceal: Conceal): Service {
  return {
    ...service,
    clusterIp: conceal(service.clusterIp),
    externalIps: service.externalIps.map(conceal),
    endpoints: service.endpoints.map((endpoint) => concealEndpoint(endpoint, conceal)),
    ...(pods === undefined ? {} : { pods: concealPods(pods, conceal) }),
    ...(loadBalancer === undefined ? {} : { loadBalancer: concealBalancer(loadBalancer, conceal) }),
  };
}

function concealEndpoint(endpoint: ServiceEndpoint, conceal: Conceal): ServiceEndpoint {
  const address = conceal(endpoint.address);
  return address === endpoint.address ? endpoint : { ...endpoint, address };
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
