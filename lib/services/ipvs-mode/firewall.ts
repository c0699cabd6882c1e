// Source ranges of load balancers in IPVS mode: which networks may reach which addresses; used by base.ts and service.ts.
import type { Declaration } from '../../model/declaration';
import type { MemberDeclaration } from '../../model/ipset';
import type { Match } from '../../model/rule';
import { chainNames } from '../chain-names';
import {
  DROP,
  RETURN,
  append,
  comment,
  declareChain,
  declareMember,
  declareSet,
  filter,
  isFrom,
  isInSet,
  jump,
  prepend,
} from '../declare';
import { isToVirtualServer } from '../matches';
import type { LoadBalancer, Service, ServiceLayout } from '../service';
import { letsHostIn } from '../source-ranges';
import type { FamilyServices } from './base';
import type { SetNames } from './names';
import { setNames } from './names';

/** The sets, chains and jumps, where any load balancer of the host has source ranges. */
export function declareRangesBase(
  { layout, family, services }: FamilyServices,
  sets: SetNames,
): readonly Declaration[] {
  const restricted = services.flatMap(({ loadBalancer }) => loadBalancer ?? []).filter(isRestricted);
  if (restricted.length === 0) return [];
  const names = chainNames(layout.chainPrefix);
  const letsHost = restricted.some((balancer) => letsHostIn(balancer, layout));
  const ranges = filter(names.sourceRangesFirewall, family);
  const entrance = comment('kube-proxy firewall rules');
  const isBalanced = comment(`${FOR_BALANCER} for load balancer with sourceRange`);
  return [
    declareSet(sets.loadBalancerFw, 'hash:ip,port', family),
    declareSet(sets.sourceCidr, 'hash:ip,port,net', family),
    ...(letsHost ? [declareSet(sets.sourceIp, 'hash:ip,port,ip', family)] : []),
    declareChain(ranges),
    append(ranges, isAllowed(sets.sourceCidr, 'cidr'), RETURN),
    ...(letsHost ? [append(ranges, isAllowed(sets.sourceIp, 'IP'), RETURN)] : []),
    append(ranges, [], DROP),
    declareChain(filter(names.proxyFirewall, family)),
    append(
      filter(names.proxyFirewall, family),
      [isBalanced, isInSet(sets.loadBalancerFw, 'dst,dst')],
      jump(names.sourceRangesFirewall),
    ),
    ...['INPUT', 'FORWARD'].map((chain) =>
      prepend(filter(chain, family), [entrance], jump(names.proxyFirewall)),
    ),
    declareChain(filter(names.ipvsOutFilter, family)),
    prepend(filter('OUTPUT', family), [comment('kubernetes ipvs access filter')], jump(names.ipvsOutFilter)),
  ];
}

/** What one load balancer adds: who may reach it, and for a host that may not, that its own packets go nowhere. */
export function declareRanges(service: Service, layout: ServiceLayout): readonly Declaration[] {
  const { loadBalancer: balancer, port, protocol, family } = service;
  if (balancer === undefined || !isRestricted(balancer)) return [];
  const sets = setNames(layout.chainPrefix, family);
  const letsHost = letsHostIn(balancer, layout);
  return balancer.addresses.flatMap((address): readonly Declaration[] => {
    const server = `${address},${protocol}:${port}`;
    const members: readonly MemberDeclaration[] = [
      declareMember(sets.loadBalancerFw, server),
      ...balancer.sourceRanges
        .flatMap(inHalves)
        .map((range) => declareMember(sets.sourceCidr, `${server},${range}`)),
      ...(letsHost ? [declareMember(sets.sourceIp, `${server},${address}`)] : []),
    ];
    return letsHost ? members : [...members, declareHostOut(service, address, layout)];
  });
}

/**
 * A host that calls an address that it has itself does so from that address, and IPVS takes the packet before OUTPUT is asked; so
 * it is known here by its virtual server.
 */
function declareHostOut(
  { protocol, port, family }: Service,
  address: string,
  { chainPrefix }: ServiceLayout,
): Declaration {
  const matches = [isFrom(address), isToVirtualServer({ protocol, address, port })];
  return append(filter(chainNames(chainPrefix).ipvsOutFilter, family), matches, DROP);
}

/** A set holds no network of all addresses, but both halves of it. */
function inHalves(range: string): readonly string[] {
  if (!range.endsWith('/0')) return [range];
  return range.includes(':') ? ['::/1', '8000::/1'] : ['0.0.0.0/1', '128.0.0.0/1'];
}

const FOR_BALANCER = 'Kubernetes service load balancer ip + port';

function isAllowed(set: string, source: string): readonly Match[] {
  return [
    comment(`${FOR_BALANCER} + source ${source} for packet filter purpose`),
    isInSet(set, 'dst,dst,src'),
  ];
}

function isRestricted({ sourceRanges }: LoadBalancer): boolean {
  return sourceRanges.length > 0;
}
