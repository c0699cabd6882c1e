// The sets that services of one family share in IPVS mode; used by base.ts.
import type { SetDeclaration } from '../../model/ipset';
import type { Family } from '../../model/iptables';
import { declarePortSet, declareSet } from '../declare';
import type { Protocol, Service, TrafficPolicy } from '../service';
import type { SetNames } from './names';

/** Those that rules of every host name, and those of the node ports that there are. */
export function declareSets(
  services: readonly Service[],
  sets: SetNames,
  family: Family,
): readonly SetDeclaration[] {
  return [
    declareSet(sets.clusterIp, 'hash:ip,port', family),
    declareSet(sets.externalIp, 'hash:ip,port', family),
    declareSet(sets.externalIpLocal, 'hash:ip,port', family),
    declareSet(sets.loadBalancer, 'hash:ip,port', family),
    declareSet(sets.loopBack, 'hash:ip,port,ip', family),
    declareSet(sets.ipvsIps, 'hash:ip', family),
    declarePortSet(sets.healthCheckNodePort),
    ...(hasLocalBalancer(services) ? [declareSet(sets.loadBalancerLocal, 'hash:ip,port', family)] : []),
    ...nodePortSetsOf(services).map(({ protocol, policy }) => {
      const name = sets.ofNodePorts(protocol, policy);
      return protocol === 'sctp' ? declareSet(name, 'hash:ip,port', family) : declarePortSet(name);
    }),
  ];
}

/** Does a load balancer's traffic keep its source? */
export function hasLocalBalancer(services: readonly Service[]): boolean {
  return services.some(
    ({ loadBalancer, externalTrafficPolicy }) =>
      loadBalancer !== undefined && externalTrafficPolicy === 'Local',
  );
}

/** A set of node ports: all of a protocol, or those of them whose traffic keeps its source. */
export interface NodePortSet {
  readonly protocol: Protocol;
  readonly policy: TrafficPolicy;
}

/** In the order in which packets are to be looked up: what keeps its source must be told before it is marked. */
export function nodePortSetsOf(services: readonly Service[]): readonly NodePortSet[] {
  const protocols: readonly Protocol[] = ['tcp', 'udp', 'sctp'];
  return protocols.flatMap((protocol) => {
    const opened = services.filter((each) => each.nodePort !== undefined && each.protocol === protocol);
    if (opened.length === 0) return [];
    const isAnyLocal = opened.some(({ externalTrafficPolicy }) => externalTrafficPolicy === 'Local');
    const all: NodePortSet = { protocol, policy: 'Cluster' };
    return isAnyLocal ? [{ protocol, policy: 'Local' }, all] : [all];
  });
}
