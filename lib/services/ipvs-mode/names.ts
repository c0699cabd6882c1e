// The names of sets and of the dummy device in kube-proxy's IPVS layout, with a scope's prefix in place of `KUBE-`; used by its other files.
import type { Protocol } from '../service';

/** The sets of a host whose prefix is given. With the longest prefix they have 31 characters, which is what the kernel allows. */
export function setNames(prefix: string) {
  return {
    clusterIp: `${prefix}CLUSTER-IP`,
    /** Endpoints of this host, each with itself as the source: hairpin. */
    loopBack: `${prefix}LOOP-BACK`,
    /** All that the dummy device has. */
    ipvsIps: `${prefix}IPVS-IPS`,
    loadBalancer: `${prefix}LOAD-BALANCER`,
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
