// What a service is to kube-proxy, in IPv4: its cluster IP and port, its endpoints, whose traffic is masqueraded; input of this layer.
import type { Scheduler } from '../model/ipvs';

/** In kube-proxy's lower case, which its hashes need. */
export type Protocol = 'tcp' | 'udp' | 'sctp';

/** One service port. */
export interface Service {
  /** `namespace/service:port`; chain names hash it. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly clusterIp: string;
  readonly port: number;
  /** The ready ones, in any order. */
  readonly endpoints: readonly ServiceEndpoint[];
  readonly internalMasquerade: InternalMasquerade;
  /** Set in IPVS mode. */
  readonly ipvs?: { readonly scheduler: Scheduler };
}

/** Where connections to a service may go. */
export interface ServiceEndpoint {
  readonly address: string;
  readonly port: number;
  /** Set where `address` only stands for one that is not known yet: its place among those of its service, from 0. */
  readonly unknownIndex?: number;
}

/** Which traffic to the cluster IP is masqueraded, beside that of an endpoint to itself: `unless-from`: all but that of pods. */
export type InternalMasquerade =
  | { readonly kind: 'none' }
  | { readonly kind: 'all' }
  | { readonly kind: 'unless-from-cidr'; readonly cidr: string }
  /** iptables' form: a trailing `+` stands for any ending. */
  | { readonly kind: 'unless-from-device'; readonly device: string };

/** kube-proxy's: each endpoint in its turn. */
export const DEFAULT_SERVICE_SCHEDULER: Scheduler = 'rr';

/** What the services of one host and scope have in common. */
export interface ServiceLayout {
  readonly chainPrefix: string;
  /** One bit of the packet mark, which says: masquerade this. */
  readonly masqueradeMark: number;
  /** The host's own, without loopback. */
  readonly nodeAddresses?: readonly string[];
  /** The network of the host's pods, by which its own endpoints are known. */
  readonly podCidr?: string;
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

/** `address:port`, as comments and hashes have it. */
export function printEndpoint({ address, port }: ServiceEndpoint): string {
  return `${address}:${port}`;
}
