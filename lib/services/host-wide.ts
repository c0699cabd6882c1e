// What the services of a host share: kube-proxy's static chains and jumps, as far as a service or a node port can need them.
import type { Declaration } from '../model/declaration';
import type { Match, Target } from '../model/rule';
import { chainNames } from './chain-names';
import {
  ACCEPT,
  IS_NEW,
  IS_TO_THIS_HOST,
  MASQUERADE,
  RETURN,
  append,
  comment,
  declareChain,
  filter,
  jump,
  nat,
  prepend,
} from './declare';
import type { ServiceLayout } from './service';

/**
 * What every service needs. All of it stands there from the first service on, the place for services without endpoints
 * too, so that a service that loses its last endpoint changes its own part alone.
 */
export function declareServicesBase(layout: ServiceLayout): readonly Declaration[] {
  const names = chainNames(layout.chainPrefix);
  const portals = comment('kubernetes service portals');
  return [
    ...declareMasquerade(layout),
    declareChain(filter(names.services)),
    prepend(filter('FORWARD'), [IS_NEW, portals], jump(names.services)),
    prepend(filter('OUTPUT'), [IS_NEW, portals], jump(names.services)),
    ...declareForward(layout),
    declareChain(nat(names.services)),
    prepend(nat('OUTPUT'), [portals], jump(names.services)),
    prepend(nat('PREROUTING'), [portals], jump(names.services)),
  ];
}

/** Where services without endpoints refuse what comes for them from outside. */
export function declareExternalServicesBase(layout: ServiceLayout): readonly Declaration[] {
  const names = chainNames(layout.chainPrefix);
  const portals = comment('kubernetes externally-visible service portals');
  return [
    declareChain(filter(names.externalServices)),
    prepend(filter('INPUT'), [IS_NEW, portals], jump(names.externalServices)),
    prepend(filter('FORWARD'), [IS_NEW, portals], jump(names.externalServices)),
  ];
}

/** What node ports need besides, before the services. */
export function declareNodePortsBase(layout: ServiceLayout): readonly Declaration[] {
  return [declareChain(nat(chainNames(layout.chainPrefix).nodePorts))];
}

/** Where packets for a load balancer end that come from elsewhere than it may. */
export function declareFirewallBase(layout: ServiceLayout): readonly Declaration[] {
  const { proxyFirewall } = chainNames(layout.chainPrefix);
  const firewall = comment('kubernetes load balancer firewall');
  return [
    declareChain(filter(proxyFirewall)),
    ...['INPUT', 'OUTPUT', 'FORWARD'].map((chain) =>
      prepend(filter(chain), [IS_NEW, firewall], jump(proxyFirewall)),
    ),
  ];
}

/** The end of the services chain: only what is for no cluster IP is looked up as a node port. */
export function declareNodePortsJump(layout: ServiceLayout): readonly Declaration[] {
  const names = chainNames(layout.chainPrefix);
  const remark = 'kubernetes service nodeports; NOTE: this must be the last rule in this chain';
  // A packet from 127.0.0.1 cannot leave the host without route_localnet, so loopback has no node ports.
  const isNotLoopback: Match = { kind: 'destination', negated: true, prefix: '127.0.0.0/8' };
  return [
    append(nat(names.services), [isNotLoopback, comment(remark), IS_TO_THIS_HOST], jump(names.nodePorts)),
  ];
}

/** `first` are rules that stand before those about the mark. */
export function declareMasquerade(
  { chainPrefix, masqueradeMark: mark }: ServiceLayout,
  first: readonly Declaration[] = [],
): readonly Declaration[] {
  const names = chainNames(chainPrefix);
  const postrouting = nat(names.postrouting);
  const isUnmarked: Match = { kind: 'mark', negated: true, value: mark, mask: mark };
  return [
    declareChain(nat(names.markForMasquerade)),
    append(nat(names.markForMasquerade), [], setMark(mark, mark)),
    declareChain(postrouting),
    ...first,
    append(postrouting, [isUnmarked], RETURN),
    // Clears the mark, so that a packet that passes POSTROUTING again when it is encapsulated is not masqueraded twice.
    append(postrouting, [], setMark(mark, 0)),
    append(postrouting, [comment('kubernetes service traffic requiring SNAT')], MASQUERADE),
    prepend(nat('POSTROUTING'), [comment('kubernetes postrouting rules')], jump(names.postrouting)),
  ];
}

/**
 * Lets service traffic pass a host whose FORWARD policy is DROP; the policy itself stays as it is. kube-proxy first drops
 * INVALID packets here, of all that the host forwards: left out, since a gateway also forwards what is not ours, and
 * asymmetric routes look INVALID (docs/decisions/0006-no-invalid-drop.md).
 */
export function declareForward({ chainPrefix, masqueradeMark: mark }: ServiceLayout): readonly Declaration[] {
  const names = chainNames(chainPrefix);
  const chain = filter(names.forward);
  const isMarked: Match = { kind: 'mark', value: mark, mask: mark };
  const isAnswer: Match = { kind: 'ctstate', states: ['RELATED', 'ESTABLISHED'] };
  return [
    declareChain(chain),
    append(chain, [comment('kubernetes forwarding rules'), isMarked], ACCEPT),
    append(chain, [comment('kubernetes forwarding conntrack rule'), isAnswer], ACCEPT),
    prepend(filter('FORWARD'), [comment('kubernetes forwarding rules')], jump(names.forward)),
  ];
}

function setMark(value: number, mask: number): Target {
  return { kind: 'mark', value, mask };
}
