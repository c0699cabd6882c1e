// Puts plain words in the place of all tokens of what a host serves, before it is laid out; used by host-services.ts.
import type { HostedServices } from '../services/hosted-services';
import type { Service, ServiceLayout } from '../services/service';
import type { Conceal } from './laid-out-parts';

/** The same, without tokens. */
export function concealHosted(hosted: HostedServices, conceal: Conceal): HostedServices {
  const { layout, services, nodePorts, loadBalancers } = hosted;
  return {
    layout: concealLayout(layout, conceal),
    services: services.map((service) => concealService(service, conceal)),
    nodePorts: nodePorts.map(({ service, port }) => ({ service: concealService(service, conceal), port })),
    loadBalancers: loadBalancers.map(({ service, addresses, sourceRanges }) => ({
      service: concealService(service, conceal),
      addresses: addresses.map(conceal),
      sourceRanges: sourceRanges.map(conceal),
    })),
  };
}

function concealLayout(
  { podCidr, nodeAddresses, ...layout }: ServiceLayout,
  conceal: Conceal,
): ServiceLayout {
  return {
    ...layout,
    ...(podCidr === undefined ? {} : { podCidr: conceal(podCidr) }),
    ...(nodeAddresses === undefined ? {} : { nodeAddresses: nodeAddresses.map(conceal) }),
  };
}

function concealService(service: Service, conceal: Conceal): Service {
  const { internalMasquerade: masquerade } = service;
  return {
    ...service,
    clusterIp: conceal(service.clusterIp),
    endpoints: service.endpoints.map((endpoint) => ({ ...endpoint, address: conceal(endpoint.address) })),
    internalMasquerade:
      masquerade.kind === 'unless-from-cidr' ? { ...masquerade, cidr: conceal(masquerade.cidr) } : masquerade,
  };
}
