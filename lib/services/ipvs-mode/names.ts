// The names of sets and of the dummy device in kube-proxy's IPVS layout, with a scope's prefix in place of `KUBE-`; used by its other files.
import { SET_NAME_LENGTH } from '../../model/ipset';
import type { Protocol } from '../service';

/** The sets of a host whose prefix is given. */
export function setNames(prefix: string) {
  return {
    clusterIp: `${prefix}CLUSTER-IP`,
    /** Endpoints of this host, each with itself as the source: hairpin. */
    loopBack: `${prefix}LOOP-BACK`,
    /** All that the dummy device has. */
    ipvsIps: `${prefix}IPVS-IPS`,
    loadBalancer: `${prefix}LOAD-BALANCER`,
    /** Of the load balancers, those with source ranges. */
    loadBalancerFw: `${prefix}LOAD-BALANCER-FW`,
    /** Which networks may reach which of them; a long prefix cuts the name, as kube-proxy's own for IPv6 is cut. */
    sourceCidr: `${prefix}LOAD-BALANCER-SOURCE-CIDR`.slice(0, SET_NAME_LENGTH),
    /** Those that the host itself may reach. */
    sourceIp: `${prefix}LOAD-BALANCER-SOURCE-IP`,
    ofNodePorts: (protocol: Protocol): string => `${prefix}NODE-PORT-${NODE_PORT_SETS[protocol]}`,
  } as const;
}

const NODE_PORT_SETS: Readonly<Record<Protocol, string>> = { tcp: 'TCP', udp: 'UDP', sctp: 'SCTP-HASH' };

/**
 * The dummy device that has the addresses of services: kube-proxy's `kube-ipvs0` with its own prefix, `gw-ipvs0` with `GW-`. Two
 * scopes have two devices, as they have two sets of chains.
 */
export function deviceName(prefix: string): string {
  return `${prefix.toLowerCase()}ipvs0`;
}
