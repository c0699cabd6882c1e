// The names of chains in kube-proxy's layout, with a scope's prefix in place of `KUBE-`; used by every file of services.
import { createHash } from 'node:crypto';
import { CHAIN_NAME_LENGTH } from '../model/iptables';
import type { Protocol, Service, ServiceEndpoint, TrafficPolicy } from './service';
import { printEndpoint } from './service';

/** Names of the static chains, and functions for those of a service and of an endpoint. */
export type ChainNames = ReturnType<typeof chainNames>;

/** The chains of one host whose prefix is given: the static ones, and functions for those of a service. */
export function chainNames(prefix: string) {
  return {
    services: `${prefix}SERVICES`,
    externalServices: `${prefix}EXTERNAL-SERVICES`,
    nodePorts: `${prefix}NODEPORTS`,
    postrouting: `${prefix}POSTROUTING`,
    markForMasquerade: `${prefix}MARK-MASQ`,
    forward: `${prefix}FORWARD`,
    proxyFirewall: `${prefix}PROXY-FIREWALL`,
    /** Only with node ports at 127.0.0.0/8. */
    firewall: `${prefix}FIREWALL`,
    /** Only in IPVS mode, where kube-proxy spells it without the S. */
    nodePort: `${prefix}NODE-PORT`,
    /** Only in IPVS mode. */
    loadBalancer: `${prefix}LOAD-BALANCER`,
    /** Only in IPVS mode. */
    ipvsFilter: `${prefix}IPVS-FILTER`,
    /** Only in IPVS mode. */
    ipvsOutFilter: `${prefix}IPVS-OUT-FILTER`,
    /** Only in IPVS mode; a long prefix cuts the name. */
    sourceRangesFirewall: `${prefix}SOURCE-RANGES-FIREWALL`.slice(0, CHAIN_NAME_LENGTH),
    /** Chooses among the endpoints that the policy allows. */
    ofService: (service: Pick<Service, 'name' | 'protocol'>, policy: TrafficPolicy): string =>
      `${prefix}${policy === 'Local' ? 'SVL' : 'SVC'}-${hashService(service)}`,
    /** Where traffic to a service from outside enters. */
    ofExternal: (service: Pick<Service, 'name' | 'protocol'>): string =>
      `${prefix}EXT-${hashService(service)}`,
    /** Which sources may reach a load balancer's address. */
    ofFirewall: (service: Pick<Service, 'name' | 'protocol'>): string =>
      `${prefix}FW-${hashService(service)}`,
    /** Translates to one endpoint. Services that share an endpoint have a chain each. */
    ofEndpoint: (service: Pick<Service, 'name' | 'protocol'>, endpoint: ServiceEndpoint): string =>
      `${prefix}SEP-${hashEndpoint(service, endpoint)}`,
  } as const;
}

function hashService({ name, protocol }: { name: string; protocol: Protocol }): string {
  return hash(`${name}${protocol}`);
}

/** An address that is not known yet cannot be hashed, so its place in the list stands for it. */
function hashEndpoint(
  { name, protocol }: { name: string; protocol: Protocol },
  endpoint: ServiceEndpoint,
): string {
  return endpoint.unknownIndex === undefined
    ? hash(`${name}${protocol}${printEndpoint(endpoint)}`)
    : hash(`${name}/${protocol}/#${endpoint.unknownIndex}`);
}

/** kube-proxy's: the first 16 characters of the SHA-256 in base32, which are its first ten bytes. */
function hash(text: string): string {
  return printBase32(createHash('sha256').update(text).digest().subarray(0, 10));
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648, without padding: only whole groups of five bits are of interest here. */
function printBase32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{5}/g) ?? [];
  return groups.map((group) => BASE32.charAt(Number.parseInt(group, 2))).join('');
}
