// What addresses of a load balancer mean in iptables mode, external traffic policy Cluster; used by the construct LoadBalancerService.
import type { Declaration } from '../model/declaration';
import type { Match } from '../model/rule';
import type { ChainNames } from './chain-names';
import { chainNames } from './chain-names';
import {
  DROP,
  REJECT,
  append,
  comment,
  count,
  declareChain,
  filter,
  isFrom,
  isProtocol,
  isTo,
  isToPort,
  jump,
  nat,
} from './declare';
import type { LoadBalancer } from './hosted-services';
import type { Service, ServiceLayout } from './service';
import { letsHostIn } from './source-ranges';

/**
 * A packet for an address of the load balancer that reaches the host, or that the host itself sends, goes straight to an endpoint.
 * With source ranges it first has to come from one of them.
 */
export function declareLoadBalancer(balancer: LoadBalancer, layout: ServiceLayout): readonly Declaration[] {
  const { service, addresses, sourceRanges } = balancer;
  const names = chainNames(layout.chainPrefix);
  if (service.endpoints.length === 0) {
    return addresses.map((address) =>
      append(filter(names.externalServices), isForService(address, service, 'has no endpoints'), REJECT),
    );
  }
  const isRestricted = sourceRanges.length > 0;
  const chain = isRestricted ? names.ofFirewall(service) : names.ofExternal(service);
  return [
    ...(isRestricted ? declareFirewall(balancer, layout) : []),
    ...addresses.map((address) =>
      append(nat(names.services), isForService(address, service, 'loadbalancer IP'), jump(chain)),
    ),
    ...(isRestricted ? declareDrop(balancer, names) : []),
  ];
}

/** Lets in by source; what it returns keeps its destination, by which PROXY-FIREWALL knows and drops it. */
function declareFirewall(balancer: LoadBalancer, layout: ServiceLayout): readonly Declaration[] {
  const { service, addresses, sourceRanges } = balancer;
  const names = chainNames(layout.chainPrefix);
  const chain = nat(names.ofFirewall(service));
  const enter = jump(names.ofExternal(service));
  const isBalanced = comment(`${service.name} loadbalancer IP`);
  return [
    declareChain(chain),
    ...sourceRanges.map((range) => append(chain, [{ kind: 'source', prefix: range }, isBalanced], enter)),
    // The host that calls a load balancer's address which it has itself does so from that address.
    ...(letsHostIn(balancer, layout)
      ? addresses.map((address) => append(chain, [isFrom(address), isBalanced], enter))
      : []),
    count(chain, [comment(`other traffic to ${service.name} will be dropped by ${names.proxyFirewall}`)]),
  ];
}

function declareDrop({ service, addresses }: LoadBalancer, names: ChainNames): readonly Declaration[] {
  const remark = `traffic not accepted by ${names.ofFirewall(service)}`;
  return addresses.map((address) =>
    append(filter(names.proxyFirewall), isForService(address, service, remark), DROP),
  );
}

function isForService(address: string, { name, protocol, port }: Service, remark: string): readonly Match[] {
  return [isTo(address), isProtocol(protocol), comment(`${name} ${remark}`), isToPort(protocol, port)];
}
