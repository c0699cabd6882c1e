// The names of chains in kube-proxy's layout, with a scope's prefix in place of `KUBE-`; used by every file of services.
import { CHAIN_NAME_LENGTH } from '../model/iptables';
import { KUBE_PROXY_PREFIX } from '../model/scope';
import type { Protocol, Service, ServiceEndpoint, TrafficPolicy } from './service';
import { printEndpoint } from './service';
import { sha256 } from './sha256';

/** Names of the static chains, and functions for those of a service and of an endpoint. */
export type ChainNames = ReturnType<typeof chainNames>;

/** The chains of one host whose prefix is given: the static ones, and functions for those of a service. */
export function chainNames(prefix: string) {
  const hash = rememberingHash();
  return {
    areKubeProxys: prefix === KUBE_PROXY_PREFIX,
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
      `${prefix}${policy === 'Local' ? 'SVL' : 'SVC'}-${hash(textOfService(service))}`,
    /** Where traffic to a service from outside enters. */
    ofExternal: (service: Pick<Service, 'name' | 'protocol'>): string =>
      `${prefix}EXT-${hash(textOfService(service))}`,
    /** Which sources may reach a load balancer's address. */
    ofFirewall: (service: Pick<Service, 'name' | 'protocol'>): string =>
      `${prefix}FW-${hash(textOfService(service))}`,
    /** Translates to one endpoint. Services that share an endpoint have a chain each. */
    ofEndpoint: (service: Pick<Service, 'name' | 'protocol'>, endpoint: ServiceEndpoint): string =>
      `${prefix}SEP-${hash(textOfEndpoint(service, endpoint))}`,
  } as const;
}

function textOfService({ name, protocol }: { name: string; protocol: Protocol }): string {
  return `${name}${protocol}`;
}

/** An address that is not known yet cannot be hashed, so its place in the list stands for it. */
function textOfEndpoint(
  { name, protocol }: { name: string; protocol: Protocol },
  endpoint: ServiceEndpoint,
): string {
  return endpoint.unknownIndex === undefined
    ? `${name}${protocol}${printEndpoint(endpoint)}`
    : `${name}/${protocol}/#${endpoint.unknownIndex}`;
}

/** A chain is named by each rule that leads to it. */
function rememberingHash(): (text: string) => string {
  const hashes = new Map<string, string>();
  return (text) => {
    const known = hashes.get(text) ?? hash(text);
    hashes.set(text, known);
    return known;
  };
}

/** kube-proxy's: the first 16 characters of the SHA-256 in base32, which are its first ten bytes. */
function hash(text: string): string {
  return printBase32(sha256(text).slice(0, 10));
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648, without padding: only whole groups of five bits are of interest here. */
function printBase32(bytes: string): string {
  let text = '';
  for (let bits = 0, held = 0, at = 0; at < bytes.length; at += 1) {
    held = ((held << 8) | bytes.charCodeAt(at)) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32.charAt((held >> (bits - 5)) & 31);
  }
  return text;
}
