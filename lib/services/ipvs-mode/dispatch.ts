// What nat does with packets for services in IPVS mode: it marks what must be masqueraded, and leaves the rest to IPVS; used by base.ts.
import type { Declaration } from '../../model/declaration';
import type { ChainAddress } from '../../model/iptables';
import type { Match } from '../../model/rule';
import { chainNames } from '../chain-names';
import {
  ACCEPT,
  IS_FROM_OTHERS,
  IS_TO_THIS_HOST,
  RETURN,
  append,
  comment,
  declareChain,
  isInSet,
  isProtocol,
  jump,
  nat,
  prepend,
} from '../declare';
import { LOOPBACK } from '../node-port-addresses';
import { isFromElsewhere } from '../pods';
import type { Service } from '../service';
import type { FamilyServices } from './base';
import type { SetNames } from './names';
import { hasLocalBalancer, nodePortSetsOf } from './sets';

/** In kube-proxy's order, with the rules of those sets alone that have members. */
export function declareDispatch(of: FamilyServices, sets: SetNames): readonly Declaration[] {
  const { layout, family, services } = of;
  const names = chainNames(layout.chainPrefix);
  const chain = nat(names.services, family);
  const isBalanced = services.some(({ loadBalancer }) => loadBalancer !== undefined);
  const isToBalancer = isInSet(sets.loadBalancer, 'dst,dst');
  const portals = comment('kubernetes service portals');
  const toBalancer = [comment('Kubernetes service lb portal'), isToBalancer];
  return [
    declareChain(chain),
    declareChain(nat(names.nodePort, family)),
    ...(isBalanced ? declareLoadBalancers(of, sets) : []),
    append(chain, [{ kind: 'source', prefix: LOOPBACK[family] }], RETURN),
    ...(isBalanced ? [append(chain, toBalancer, jump(names.loadBalancer))] : []),
    ...declareInternalMasquerade(of, sets),
    ...declareExternalIps(of, sets),
    append(chain, [IS_TO_THIS_HOST], jump(names.nodePort)),
    append(chain, [isInSet(sets.clusterIp, 'dst,dst')], ACCEPT),
    ...(isBalanced ? [append(chain, [isToBalancer], ACCEPT)] : []),
    ...declareNodePorts(of, sets),
    prepend(nat('OUTPUT', family), [portals], jump(names.services)),
    prepend(nat('PREROUTING', family), [portals], jump(names.services)),
  ];
}

/** What keeps its source returns before it is marked. */
function declareLoadBalancers(
  { layout, family, services }: FamilyServices,
  { loadBalancerLocal }: SetNames,
): readonly Declaration[] {
  const names = chainNames(layout.chainPrefix);
  const chain = nat(names.loadBalancer, family);
  const remark = comment('Kubernetes service load balancer ip + port with externalTrafficPolicy=local');
  const keepsSource = hasLocalBalancer(services);
  return [
    declareChain(chain),
    ...(keepsSource ? [append(chain, [remark, isInSet(loadBalancerLocal, 'dst,dst')], RETURN)] : []),
    append(chain, [], jump(names.markForMasquerade)),
  ];
}

/** One rule for all services of the host, which are masqueraded alike. */
function declareInternalMasquerade(
  { layout, family, services: [first] }: FamilyServices,
  { clusterIp }: SetNames,
): readonly Declaration[] {
  if (first === undefined) return [];
  const names = chainNames(layout.chainPrefix);
  const remark = comment('Kubernetes service cluster ip + port for masquerade purpose');
  const { from, fields } = whoIsMasqueraded(first);
  const matches = [...from, remark, isInSet(clusterIp, fields)];
  return [append(nat(names.services, family), matches, jump(names.markForMasquerade))];
}

function whoIsMasqueraded({ masqueradeAll, pods }: Service): {
  readonly from: readonly Match[];
  readonly fields: string;
} {
  if (masqueradeAll) return { from: [], fields: 'dst,dst' };
  if (pods !== undefined) return { from: [isFromElsewhere(pods)], fields: 'dst,dst' };
  // Only what has a cluster IP for its source: nobody, but a host that calls from the dummy device's address.
  return { from: [], fields: 'src,dst' };
}

/** What pods and the host send to external IPs goes on to IPVS here; what others send goes out, unless the host has the address. */
function declareExternalIps(
  { layout, family, services }: FamilyServices,
  { externalIp, externalIpLocal }: SetNames,
): readonly Declaration[] {
  const names = chainNames(layout.chainPrefix);
  const chain = nat(names.services, family);
  const withPolicy = (policy: Service['externalTrafficPolicy']): boolean =>
    services.some((each) => each.externalIps.length > 0 && each.externalTrafficPolicy === policy);
  const isFor = isInSet(externalIp, 'dst,dst');
  const remark = comment('Kubernetes service external ip + port for masquerade and filter purpose');
  return [
    ...(withPolicy('Cluster')
      ? [
          append(chain, [remark, isFor], jump(names.markForMasquerade)),
          ...declareAccepts(chain, [remark, isFor]),
        ]
      : []),
    ...(withPolicy('Local')
      ? declareAccepts(chain, [
          comment('Kubernetes service external ip + port with externalTrafficPolicy=local'),
          isInSet(externalIpLocal, 'dst,dst'),
        ])
      : []),
  ];
}

function declareAccepts(chain: ChainAddress, isFor: readonly Match[]): readonly Declaration[] {
  const isNotBridged: Match = {
    kind: 'module',
    module: 'physdev',
    options: [{ name: '--physdev-is-in', negated: true, values: [] }],
  };
  return [
    append(chain, [...isFor, isNotBridged, IS_FROM_OTHERS], ACCEPT),
    append(chain, [...isFor, IS_TO_THIS_HOST], ACCEPT),
  ];
}

function declareNodePorts(
  { layout, family, services }: FamilyServices,
  sets: SetNames,
): readonly Declaration[] {
  const names = chainNames(layout.chainPrefix);
  return nodePortSetsOf(services).map(({ protocol, policy }) => {
    const port = `Kubernetes nodeport ${protocol.toUpperCase()} port`;
    const type = protocol === 'sctp' ? " with type 'hash ip:port'" : '';
    const [remark, target] =
      policy === 'Local'
        ? [`${port} with externalTrafficPolicy=local${type}`, RETURN]
        : [`${port} for masquerade purpose${type}`, jump(names.markForMasquerade)];
    const isOpened = isInSet(sets.ofNodePorts(protocol, policy), protocol === 'sctp' ? 'dst,dst' : 'dst');
    return append(nat(names.nodePort, family), [isProtocol(protocol), comment(remark), isOpened], target);
  });
}
