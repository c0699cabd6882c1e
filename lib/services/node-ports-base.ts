// What the node ports of a host share in iptables mode: their chain, the jump to it, and node ports at 127.0.0.0/8; used by lay-out.ts.
import type { Declaration } from '../model/declaration';
import type { Family } from '../model/iptables';
import type { Match } from '../model/rule';
import { chainNames } from './chain-names';
import {
  DROP,
  IS_TO_THIS_HOST,
  append,
  comment,
  declareChain,
  filter,
  isTo,
  jump,
  nat,
  prepend,
  sysctl,
} from './declare';
import { LOOPBACK, nodePortAddressesOf, opensAtLoopback } from './node-port-addresses';
import type { ServiceLayout } from './service';

/** What node ports need besides, before the services. */
export function declareNodePortsBase(layout: ServiceLayout, family: Family): readonly Declaration[] {
  return [declareChain(nat(chainNames(layout.chainPrefix).nodePorts, family))];
}

/** The end of the services chain: only what is for no cluster IP is looked up as a node port. */
export function declareNodePortsJump(layout: ServiceLayout, family: Family): readonly Declaration[] {
  const names = chainNames(layout.chainPrefix);
  const remark = comment('kubernetes service nodeports; NOTE: this must be the last rule in this chain');
  const enter = (matches: readonly Match[]): Declaration =>
    append(nat(names.services, family), matches, jump(names.nodePorts));
  const opened = nodePortAddressesOf(layout, family);
  if (opened.kind === 'these') return opened.addresses.map((address) => enter([isTo(address), remark]));
  // A packet from 127.0.0.1 cannot leave the host without route_localnet.
  const isNotLoopback: Match = { kind: 'destination', negated: true, prefix: LOOPBACK[family] };
  return [enter([...(opened.withLoopback ? [] : [isNotLoopback]), remark, IS_TO_THIS_HOST])];
}

/**
 * With route_localnet a neighbour could send packets to 127.0.0.1 here, which no other host lets in; so those are dropped
 * (CVE-2020-8558).
 */
export function declareLocalhost(layout: ServiceLayout): readonly Declaration[] {
  const { firewall } = chainNames(layout.chainPrefix);
  const chain = filter(firewall);
  const isMartian: readonly Match[] = [
    { kind: 'source', negated: true, prefix: LOOPBACK.ipv4 },
    { kind: 'destination', prefix: LOOPBACK.ipv4 },
    comment('block incoming localnet connections'),
    { kind: 'ctstate', negated: true, states: ['RELATED', 'ESTABLISHED', 'DNAT'] },
  ];
  return [
    ...(opensAtLoopback(layout) ? [sysctl('net.ipv4.conf.all.route_localnet', '1')] : []),
    declareChain(chain),
    append(chain, isMartian, DROP),
    prepend(filter('INPUT'), [], jump(firewall)),
    prepend(filter('OUTPUT'), [], jump(firewall)),
  ];
}
