// What a service is to kube-proxy, in one family: where it is reached, its endpoints, its policies; input of this layer.
import type { Family } from '../model/iptables';
import type { Scheduler } from '../model/ipvs';

/** In kube-proxy's lower case, which its hashes need. */
export type Protocol = 'tcp' | 'udp' | 'sctp';

/** To which endpoints traffic goes: to all, or to those of the host that it came to. */
export type TrafficPolicy = 'Cluster' | 'Local';

/** One service port. */
export interface Service {
  /** `namespace/service:port`; chain names hash it. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly family: Family;
  readonly clusterIp: string;
  readonly port: number;
  /** In any order, with those that take no connections now. */
  readonly endpoints: readonly ServiceEndpoint[];
  /** Of traffic to the cluster IP. */
  readonly internalTrafficPolicy: TrafficPolicy;
  /** Of traffic to external IPs, load balancers and node ports. */
  readonly externalTrafficPolicy: TrafficPolicy;
  /** For how long a client keeps its endpoint; absent: each connection is placed anew. */
  readonly affinityTimeoutSeconds?: number;
  /** Addresses that the network leads to the host, and at which the service is reached too. */
  readonly externalIps: readonly string[];
  readonly nodePort?: number;
  readonly loadBalancer?: LoadBalancer;
  readonly masqueradeAll: boolean;
  /** Absent: they cannot be told from others. */
  readonly pods?: PodDetector;
  /** Set in IPVS mode. */
  readonly ipvs?: { readonly scheduler: Scheduler };
}

/** Addresses of a load balancer before the hosts, at which they serve too, at the service's port. */
export interface LoadBalancer {
  readonly addresses: readonly string[];
  /** Networks that may come in; none: all. */
  readonly sourceRanges: readonly string[];
  /** Where the load balancer asks whether the host has endpoints of its own. */
  readonly healthCheckNodePort?: number;
}

/** Where connections to a service may go. */
export interface ServiceEndpoint {
  readonly address: string;
  readonly port: number;
  /** Set where `address` only stands for one that is not known yet: its place among those of its service, from 0. */
  readonly unknownIndex?: number;
  readonly isReady: boolean;
  readonly isServing: boolean;
  readonly isTerminating: boolean;
  /** It is on the host that this is laid out on; absent where that cannot be known. */
  readonly isLocal?: boolean;
}

/** How packets of pods are told from others. */
export type PodDetector =
  | { readonly kind: 'cidr'; readonly cidr: string }
  /** The device by which they come in, in iptables' form: a trailing `+` stands for any ending. */
  | { readonly kind: 'device'; readonly device: string };

/** kube-proxy's: each endpoint in its turn. */
export const DEFAULT_SERVICE_SCHEDULER: Scheduler = 'rr';

/** What the services of one host and scope have in common. */
export interface ServiceLayout {
  readonly chainPrefix: string;
  /** One bit of the packet mark, which says: masquerade this. */
  readonly masqueradeMark: number;
  /** Masquerade from random ports. */
  readonly randomFully: boolean;
  /** Drop what is forwarded and belongs to no connection that conntrack knows. */
  readonly dropInvalid: boolean;
  /** The host's own, of both families, without loopback. */
  readonly nodeAddresses: readonly string[];
  /** Networks: node ports open at those of the host's addresses that are in one of them. None of a family: at all. */
  readonly nodePortAddresses: readonly string[];
  /** Node ports open at 127.0.0.0/8 too. */
  readonly localhostNodePorts: boolean;
}

/** Can it be reached from outside, by whichever way? */
export function isExternal({ externalIps, nodePort, loadBalancer }: Service): boolean {
  return externalIps.length > 0 || nodePort !== undefined || (loadBalancer?.addresses ?? []).length > 0;
}

/** kube-proxy's order: as strings, so that 10.0.0.10:80 stands before 10.0.0.2:80. Those not known yet come last, as given. */
export function sortEndpoints(endpoints: readonly ServiceEndpoint[]): readonly ServiceEndpoint[] {
  return endpoints.toSorted((a, b) => {
    if (a.unknownIndex !== undefined && b.unknownIndex !== undefined) return a.unknownIndex - b.unknownIndex;
    if (a.unknownIndex !== undefined) return 1;
    if (b.unknownIndex !== undefined) return -1;
    return printEndpoint(a) < printEndpoint(b) ? -1 : 1;
  });
}

/** `address:port`, as comments and hashes have it; an address of IPv6 stands in brackets. */
export function printEndpoint({ address, port }: Pick<ServiceEndpoint, 'address' | 'port'>): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
