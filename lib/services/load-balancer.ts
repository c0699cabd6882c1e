// What addresses of a load balancer mean in iptables mode; used by lay-out.ts.
import type { Declaration } from '../model/declaration';
import type { Match } from '../model/rule';
import type { ChainNames } from './chain-names';
import { chainNames } from './chain-names';
import {
  ACCEPT,
  DROP,
  append,
  comment,
  count,
  filter,
  isAt,
  isFrom,
  isProtocol,
  isToPort,
  jump,
  nat,
} from './declare';
import { declareFilledChain } from './own-wording';
import { declareRefusal } from './refusals';
import type { LoadBalancer, Service, ServiceLayout } from './service';
import { letsHostIn } from './source-ranges';
import { trafficOf } from './traffic';

/**
 * A packet for an address of the load balancer that reaches the host, or that the host itself sends, goes straight to an endpoint.
 * With source ranges it first has to come from one of them.
 */
export function declareLoadBalancer(service: Service, layout: ServiceLayout): readonly Declaration[] {
  const { loadBalancer: balancer, family } = service;
  if (balancer === undefined) return [];
  const names = chainNames(layout.chainPrefix);
  const { hasEndpoints, external } = trafficOf(service);
  const isRestricted = hasEndpoints && balancer.addresses.length > 0 && balancer.sourceRanges.length > 0;
  const chain = isRestricted ? names.ofFirewall(service) : names.ofExternal(service);
  const balanced = { service, balancer, names };
  return [
    ...(isRestricted ? declareFirewall(balanced, layout) : []),
    ...(hasEndpoints
      ? balancer.addresses.map((address) =>
          append(nat(names.services, family), isFor(address, service, 'loadbalancer IP'), jump(chain)),
        )
      : []),
    ...(isRestricted ? declareDrop(balanced) : []),
    ...balancer.addresses.flatMap((address) =>
      declareRefusal({ service, external, names }, (remark) => isFor(address, service, remark)),
    ),
    ...declareHealthCheck(balanced),
  ];
}

interface Balanced {
  readonly service: Service;
  readonly balancer: LoadBalancer;
  readonly names: ChainNames;
}

/** Lets in by source; what it returns keeps its destination, by which PROXY-FIREWALL knows and drops it. */
function declareFirewall(
  { service, balancer, names }: Balanced,
  layout: ServiceLayout,
): readonly Declaration[] {
  const { addresses, sourceRanges } = balancer;
  const chain = nat(names.ofFirewall(service), service.family);
  const enter = jump(names.ofExternal(service));
  const isBalanced = comment(`${service.name} loadbalancer IP`);
  return [
    ...declareFilledChain(chain, names),
    ...sourceRanges.map((range) => append(chain, [{ kind: 'source', prefix: range }, isBalanced], enter)),
    // The host that calls a load balancer's address which it has itself does so from that address.
    ...(letsHostIn(balancer, layout)
      ? addresses.map((address) => append(chain, [isFrom(address), isBalanced], enter))
      : []),
    count(chain, [comment(`other traffic to ${service.name} will be dropped by ${names.proxyFirewall}`)]),
  ];
}

function declareDrop({ service, balancer, names }: Balanced): readonly Declaration[] {
  const remark = `traffic not accepted by ${names.ofFirewall(service)}`;
  return balancer.addresses.map((address) =>
    append(filter(names.proxyFirewall, service.family), isFor(address, service, remark), DROP),
  );
}

/** Lets the load balancer ask, whatever else INPUT refuses. */
function declareHealthCheck({ service, balancer, names }: Balanced): readonly Declaration[] {
  if (balancer.healthCheckNodePort === undefined) return [];
  const matches = [
    isProtocol('tcp'),
    comment(`${service.name} health check node port`),
    isToPort('tcp', balancer.healthCheckNodePort),
  ];
  return [append(filter(names.nodePorts, service.family), matches, ACCEPT)];
}

function isFor(address: string, service: Service, remark: string): readonly Match[] {
  return isAt({ ...service, address }, `${service.name} ${remark}`);
}
