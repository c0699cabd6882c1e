// Where traffic from outside enters a service in iptables mode, by node port or load balancer, external traffic policy Cluster.
import type { Declaration } from '../model/declaration';
import { chainNames } from './chain-names';
import { append, comment, declareChain, jump, nat } from './declare';
import type { Service, ServiceLayout } from './service';

/** The chain and its rules; nothing for a service without endpoints, which refuses. */
export function declareExternal(service: Service, layout: ServiceLayout): readonly Declaration[] {
  if (service.endpoints.length === 0) return [];
  const names = chainNames(layout.chainPrefix);
  const chain = nat(names.ofExternal(service));
  const isExternal = comment(`masquerade traffic for ${service.name} external destinations`);
  return [
    declareChain(chain),
    append(chain, [isExternal], jump(names.markForMasquerade)),
    append(chain, [], jump(names.ofService(service))),
  ];
}
