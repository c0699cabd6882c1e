// The names of sets and of the dummy device in kube-proxy's IPVS layout, with a scope's prefix in place of `KUBE-`; used by its other files.
import { SET_NAME_LENGTH } from '../../model/ipset';
import type { Family } from '../../model/iptables';
import type { Protocol, TrafficPolicy } from '../service';

/** Names of the sets of one family, and functions for those of node ports. */
export type SetNames = ReturnType<typeof setNames>;

/** The sets of a host whose prefix is given; those of IPv6 have a 6 behind it, as with kube-proxy. */
export function setNames(prefix: string, family: Family) {
  const named = (name: string): string => fit(family === 'ipv4' ? prefix : `${prefix}6-`, name);
  return {
    clusterIp: named('CLUSTER-IP'),
    externalIp: named('EXTERNAL-IP'),
    /** Those whose traffic keeps its source. */
    externalIpLocal: named('EXTERNAL-IP-LOCAL'),
    /** Endpoints of this host, each with itself as the source: hairpin. */
    loopBack: named('LOOP-BACK'),
    /** All that the dummy device has. */
    ipvsIps: named('IPVS-IPS'),
    loadBalancer: named('LOAD-BALANCER'),
    /** Those whose traffic keeps its source. */
    loadBalancerLocal: named('LOAD-BALANCER-LOCAL'),
    /** Of the load balancers, those with source ranges. */
    loadBalancerFw: named('LOAD-BALANCER-FW'),
    /** Which networks may reach which of them. */
    sourceCidr: named('LOAD-BALANCER-SOURCE-CIDR'),
    /** Those that the host itself may reach. */
    sourceIp: named('LOAD-BALANCER-SOURCE-IP'),
    healthCheckNodePort: named('HEALTH-CHECK-NODE-PORT'),
    /** With policy Local: those of them whose traffic keeps its source. */
    ofNodePorts: (protocol: Protocol, policy: TrafficPolicy): string =>
      named(`NODE-PORT-${policy === 'Local' ? 'LOCAL-' : ''}${NODE_PORT_SETS[protocol]}`),
  } as const;
}

const NODE_PORT_SETS: Readonly<Record<Protocol, string>> = { tcp: 'TCP', udp: 'UDP', sctp: 'SCTP-HASH' };

/** kube-proxy's own longest prefix, `KUBE-6-`, cuts names at the kernel's limit; a longer one would cut two to the same. */
function fit(prefix: string, name: string): string {
  const fitting = prefix.length > 'KUBE-6-'.length ? name.replace('LOAD-BALANCER', 'LB') : name;
  return `${prefix}${fitting}`.slice(0, SET_NAME_LENGTH);
}

/**
 * The dummy device that has the addresses of services: kube-proxy's `kube-ipvs0` with its own prefix, `gw-ipvs0` with `GW-`. Two
 * scopes have two devices, as they have two sets of chains.
 */
export function deviceName(prefix: string): string {
  return `${prefix.toLowerCase()}ipvs0`;
}
