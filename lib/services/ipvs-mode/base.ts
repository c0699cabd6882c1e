// What the services of a host share in IPVS mode: kube-proxy's sets, static chains and jumps, as far as services can need them.
import type { Declaration } from '../../model/declaration';
import type { Family } from '../../model/iptables';
import { chainNames } from '../chain-names';
import {
  ACCEPT,
  IS_NEW,
  RETURN,
  append,
  comment,
  declareChain,
  filter,
  isInSet,
  jump,
  nat,
  prepend,
  reject,
} from '../declare';
import { declareForward, declareMasquerade } from '../host-wide';
import type { Service, ServiceLayout } from '../service';
import { declareDispatch } from './dispatch';
import { declareRangesBase } from './firewall';
import type { SetNames } from './names';
import { setNames } from './names';
import { declareSets } from './sets';

/** The services of one family on one host. */
export interface FamilyServices {
  readonly layout: ServiceLayout;
  readonly family: Family;
  readonly services: readonly Service[];
}

/** In the order in which lines must stand: the sets, and then the rules that name them. */
export function declareIpvsBase(of: FamilyServices): readonly Declaration[] {
  const { layout, family, services } = of;
  const sets = setNames(layout.chainPrefix, family);
  return [
    ...declareSets(services, sets, family),
    ...declareMasquerade(layout, family, [declareHairpin(of, sets)]),
    ...declareForward(layout, family),
    ...declareDispatch(of, sets),
    ...declareHealthChecks(of, sets),
    ...declareRangesBase(of, sets),
    ...declareAccessFilter(of, sets),
  ];
}

/** An endpoint that reaches itself by a service would answer itself directly, past IPVS. */
function declareHairpin({ layout, family }: FamilyServices, { loopBack }: SetNames): Declaration {
  const remark = 'Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose';
  return append(
    nat(chainNames(layout.chainPrefix).postrouting, family),
    [comment(remark), isInSet(loopBack, 'dst,dst,src')],
    { kind: 'masquerade', flags: [] },
  );
}

/** Where load balancers are let in that ask whether the host has endpoints of its own. */
function declareHealthChecks(
  { layout, family }: FamilyServices,
  { healthCheckNodePort }: SetNames,
): readonly Declaration[] {
  const { nodePort } = chainNames(layout.chainPrefix);
  const remark = comment('Kubernetes health check node port');
  return [
    declareChain(filter(nodePort, family)),
    append(filter(nodePort, family), [remark, isInSet(healthCheckNodePort, 'dst')], ACCEPT),
    prepend(filter('INPUT', family), [comment('kubernetes health check rules')], jump(nodePort)),
  ];
}

/** The host has all addresses of services, so without it they would lead to its own daemons at every other port. */
function declareAccessFilter({ layout, family }: FamilyServices, sets: SetNames): readonly Declaration[] {
  const { ipvsFilter } = chainNames(layout.chainPrefix);
  const chain = filter(ipvsFilter, family);
  const served = [sets.loadBalancer, sets.clusterIp, sets.externalIp, sets.externalIpLocal];
  return [
    declareChain(chain),
    ...served.map((set) => append(chain, [isInSet(set, 'dst,dst')], RETURN)),
    append(chain, [isInSet(sets.healthCheckNodePort, 'dst')], RETURN),
    append(chain, [IS_NEW, isInSet(sets.ipvsIps, 'dst')], reject(family)),
    prepend(filter('INPUT', family), [comment('kubernetes ipvs access filter')], jump(ipvsFilter)),
  ];
}
