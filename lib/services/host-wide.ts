// What the services of a host share: kube-proxy's static chains and jumps, as far as a service or a node port can need them.
import type { Declaration } from '../model/declaration';
import type { Family } from '../model/iptables';
import type { Match, Target } from '../model/rule';
import { chainNames } from './chain-names';
import {
  ACCEPT,
  DROP,
  IS_NEW,
  RETURN,
  append,
  comment,
  declareChain,
  filter,
  jump,
  masquerade,
  nat,
  prepend,
} from './declare';
import type { ServiceLayout } from './service';

/**
 * What every service needs. All of it stands there from the first service on, the place for services without endpoints
 * too, so that a service that loses its last endpoint changes its own part alone.
 */
export function declareServicesBase(layout: ServiceLayout, family: Family): readonly Declaration[] {
  const names = chainNames(layout.chainPrefix);
  const portals = comment('kubernetes service portals');
  return [
    ...declareMasquerade(layout, family),
    declareChain(filter(names.services, family)),
    prepend(filter('FORWARD', family), [IS_NEW, portals], jump(names.services)),
    prepend(filter('OUTPUT', family), [IS_NEW, portals], jump(names.services)),
    ...declareForward(layout, family, declareInvalidDrop(layout, family)),
    declareChain(nat(names.services, family)),
    prepend(nat('OUTPUT', family), [portals], jump(names.services)),
    prepend(nat('PREROUTING', family), [portals], jump(names.services)),
  ];
}

/** Where services without endpoints refuse what comes for them from outside. */
export function declareExternalServicesBase(layout: ServiceLayout, family: Family): readonly Declaration[] {
  const names = chainNames(layout.chainPrefix);
  const portals = comment('kubernetes externally-visible service portals');
  return [
    declareChain(filter(names.externalServices, family)),
    prepend(filter('INPUT', family), [IS_NEW, portals], jump(names.externalServices)),
    prepend(filter('FORWARD', family), [IS_NEW, portals], jump(names.externalServices)),
  ];
}

/** Where load balancers are let in that ask whether the host has endpoints of its own. */
export function declareHealthChecksBase(layout: ServiceLayout, family: Family): readonly Declaration[] {
  const { nodePorts } = chainNames(layout.chainPrefix);
  return [
    declareChain(filter(nodePorts, family)),
    prepend(filter('INPUT', family), [comment('kubernetes health check service ports')], jump(nodePorts)),
  ];
}

/** Where packets for a load balancer end that come from elsewhere than it may. */
export function declareFirewallBase(layout: ServiceLayout, family: Family): readonly Declaration[] {
  const { proxyFirewall } = chainNames(layout.chainPrefix);
  const firewall = comment('kubernetes load balancer firewall');
  return [
    declareChain(filter(proxyFirewall, family)),
    ...['INPUT', 'OUTPUT', 'FORWARD'].map((chain) =>
      prepend(filter(chain, family), [IS_NEW, firewall], jump(proxyFirewall)),
    ),
  ];
}

/** `first` are rules that stand before those about the mark. */
export function declareMasquerade(
  { chainPrefix, masqueradeMark: mark, randomFully }: ServiceLayout,
  family: Family,
  first: readonly Declaration[] = [],
): readonly Declaration[] {
  const names = chainNames(chainPrefix);
  const postrouting = nat(names.postrouting, family);
  const isUnmarked: Match = { kind: 'mark', negated: true, value: mark, mask: mark };
  return [
    declareChain(nat(names.markForMasquerade, family)),
    append(nat(names.markForMasquerade, family), [], setMark(mark, mark)),
    declareChain(postrouting),
    ...first,
    append(postrouting, [isUnmarked], RETURN),
    // Clears the mark, so that a packet that passes POSTROUTING again when it is encapsulated is not masqueraded twice.
    append(postrouting, [], setMark(mark, 0)),
    append(postrouting, [comment('kubernetes service traffic requiring SNAT')], masquerade(randomFully)),
    prepend(nat('POSTROUTING', family), [comment('kubernetes postrouting rules')], jump(names.postrouting)),
  ];
}

/** Lets service traffic pass a host whose FORWARD policy is DROP; the policy itself stays as it is. */
export function declareForward(
  { chainPrefix, masqueradeMark: mark }: ServiceLayout,
  family: Family,
  first: readonly Declaration[] = [],
): readonly Declaration[] {
  const names = chainNames(chainPrefix);
  const chain = filter(names.forward, family);
  const isMarked: Match = { kind: 'mark', value: mark, mask: mark };
  const isAnswer: Match = { kind: 'ctstate', states: ['RELATED', 'ESTABLISHED'] };
  return [
    declareChain(chain),
    ...first,
    append(chain, [comment('kubernetes forwarding rules'), isMarked], ACCEPT),
    append(chain, [comment('kubernetes forwarding conntrack rule'), isAnswer], ACCEPT),
    prepend(filter('FORWARD', family), [comment('kubernetes forwarding rules')], jump(names.forward)),
  ];
}

/**
 * An answer that conntrack does not know is not translated back, and its client would reset the connection. But everything that
 * the host forwards passes here, and where routes are asymmetric all of that is INVALID: docs/decisions/0013-dropping-invalid.md.
 */
function declareInvalidDrop(
  { chainPrefix, dropInvalid }: ServiceLayout,
  family: Family,
): readonly Declaration[] {
  if (!dropInvalid) return [];
  const isInvalid: Match = { kind: 'ctstate', states: ['INVALID'] };
  return [append(filter(chainNames(chainPrefix).forward, family), [isInvalid], DROP)];
}

function setMark(value: number, mask: number): Target {
  return { kind: 'mark', value, mask };
}
