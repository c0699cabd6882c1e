// What a ClusterIP service means in iptables mode, as kube-proxy lays it out; used by lay-out.ts.
import type { Declaration } from '../model/declaration';
import type { Match } from '../model/rule';
import type { ChainNames } from './chain-names';
import { chainNames } from './chain-names';
import { append, filter, isAt, jump, nat } from './declare';
import { declareDispatch, declareEndpoints } from './endpoint-chains';
import { declareExternal, declareExternalIps } from './external';
import { declareFilledChain } from './own-wording';
import { refuses } from './refusals';
import type { Service, ServiceLayout } from './service';
import { isExternal } from './service';
import { isFromElsewhere } from './pods';
import type { Traffic } from './traffic';
import { trafficOf } from './traffic';

/** The lines of one service: its chains first, then the rules in the order in which a packet meets them. */
export function declareService(service: Service, layout: ServiceLayout): readonly Declaration[] {
  const names = chainNames(layout.chainPrefix);
  const traffic = trafficOf(service);
  return [
    ...declareChains(service, traffic, names),
    declareClusterIp(service, traffic, names),
    ...declareInternalMasquerade(service, traffic, names),
    ...declareDispatch(service, traffic, names),
    ...declareEndpoints(service, traffic, names),
    ...(isExternal(service) ? declareExternal(service, traffic, names) : []),
    ...declareExternalIps(service, traffic, names),
  ];
}

function declareChains(service: Service, traffic: Traffic, names: ChainNames): readonly Declaration[] {
  const chains = [
    ...(traffic.cluster.length > 0 ? [names.ofService(service, 'Cluster')] : []),
    ...(traffic.local.length > 0 ? [names.ofService(service, 'Local')] : []),
    ...traffic.reachable.map((endpoint) => names.ofEndpoint(service, endpoint)),
  ];
  return chains.flatMap((chain) => declareFilledChain(nat(chain, service.family), names));
}

function declareClusterIp(service: Service, { internal }: Traffic, names: ChainNames): Declaration {
  const { family } = service;
  if (internal.kind === 'refused') {
    const matches = isAtClusterIp(service, internal.remark);
    return append(filter(names.services, family), matches, refuses(internal.by, family));
  }
  const chain = jump(names.ofService(service, internal.policy));
  return append(nat(names.services, family), isAtClusterIp(service, 'cluster IP'), chain);
}

function isAtClusterIp(service: Service, remark: string, from: readonly Match[] = []): readonly Match[] {
  return isAt({ ...service, address: service.clusterIp }, `${service.name} ${remark}`, from);
}

/** Makes answers come back through this host where the client's own way to an endpoint might not lead through it. */
function declareInternalMasquerade(
  service: Service,
  { internal }: Traffic,
  names: ChainNames,
): readonly Declaration[] {
  const from = whoIsMasqueraded(service);
  if (internal.kind === 'refused' || from === undefined) return [];
  const chain = nat(names.ofService(service, internal.policy), service.family);
  return [append(chain, isAtClusterIp(service, 'cluster IP', from), jump(names.markForMasquerade))];
}

/** Absent: nobody. */
function whoIsMasqueraded({ masqueradeAll, pods }: Service): readonly Match[] | undefined {
  if (masqueradeAll) return [];
  return pods === undefined ? undefined : [isFromElsewhere(pods)];
}
