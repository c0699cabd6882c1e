// Golden cases in the form of kube-proxy's own unit tests (services with several ports, endpoints apart), read as what we lay out.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Family } from '../../lib/model/iptables';
import { SCHEDULERS } from '../../lib/model/ipvs';
import type { Scheduler } from '../../lib/model/ipvs';
import { familyOf, isWithin } from '../../lib/services/addresses';
import type { HostedServices } from '../../lib/services/hosted-services';
import type {
  LoadBalancer,
  PodDetector,
  Protocol,
  Service,
  ServiceEndpoint,
  TrafficPolicy,
} from '../../lib/services/service';

/** One case: what is given, and what kube-proxy expects of it. */
export interface KubeProxyCase {
  readonly description: string;
  readonly config: {
    /** kube-proxy's own where it is not said. */
    readonly chainPrefix?: string;
    readonly ipFamily?: string;
    readonly localDetector: { readonly type: string; readonly cidr?: string; readonly device?: string };
    readonly masqueradeAll: boolean;
    readonly masqueradeMark: number;
    readonly randomFully?: boolean;
    readonly localhostNodePorts?: boolean;
    readonly nodePortAddresses?: readonly string[];
    readonly nodeAddresses?: readonly string[];
    readonly podCidr?: string;
    /** In IPVS mode. */
    readonly scheduler?: string;
  };
  readonly services: readonly KubeService[];
  readonly endpoints: readonly KubeEndpoints[];
  readonly flows?: readonly Flow[];
  readonly expectKubeFirewallMartianRule?: boolean;
  /** In IPVS mode. */
  readonly expected?: IpvsExpectation;
}

/** A packet, and where it may go: endpoints joined by commas, or a verdict; empty where nothing takes it. */
export interface Flow {
  readonly name: string;
  readonly sourceIP: string;
  readonly protocol: string;
  readonly destIP: string;
  readonly destPort: number;
  readonly expect: { readonly output: string; readonly masquerade: boolean };
}

export interface IpvsExpectation {
  readonly virtualServers?: readonly ExpectedServer[];
  /** Among others. */
  readonly virtualServerSubset?: readonly ExpectedServer[];
  readonly virtualServerCount?: number;
  readonly allVirtualServers?: { readonly timeoutSeconds: number };
  readonly sets?: Readonly<Record<string, readonly string[]>>;
  readonly setCounts?: Readonly<Record<string, number>>;
  /** What each rule of a chain does, and the set that it looks in. */
  readonly chains?: Readonly<Record<string, readonly ExpectedRule[]>>;
  /** What the dummy device has. */
  readonly bound?: readonly string[];
}

export interface ExpectedServer {
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
  readonly scheduler: string;
  readonly realServers: readonly {
    readonly address: string;
    readonly port: number;
    readonly weight: number;
  }[];
}

export interface ExpectedRule {
  readonly jump: string;
  readonly matchSet?: string;
}

interface KubeService {
  readonly namespace: string;
  readonly name: string;
  readonly clusterIP: string;
  readonly externalIPs?: readonly string[];
  readonly loadBalancerIPs?: readonly string[];
  readonly loadBalancerSourceRanges?: readonly string[];
  readonly healthCheckNodePort?: number;
  readonly internalTrafficPolicy?: TrafficPolicy;
  readonly externalTrafficPolicy?: TrafficPolicy;
  readonly affinityTimeoutSeconds?: number;
  readonly ports: readonly KubePort[];
}

interface KubePort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly nodePort?: number;
}

interface KubeEndpoints {
  readonly service: string;
  readonly addresses: readonly KubeAddress[];
  readonly ports: readonly KubePort[];
}

interface KubeAddress {
  readonly ip: string;
  readonly nodeLocal?: boolean;
  readonly ready?: boolean;
  readonly serving?: boolean;
  readonly terminating?: boolean;
}

/** All cases below a folder of test/cases, by name. */
export function readCases(folder: string): readonly (readonly [name: string, given: KubeProxyCase])[] {
  const path = join(__dirname, '..', 'cases', folder);
  return readdirSync(path)
    .toSorted()
    .map((name) => {
      const given: unknown = JSON.parse(readFileSync(join(path, name, 'given.json'), 'utf8'));
      if (!isCase(given)) throw new Error(`${name} is no case`);
      return [name, given] as const;
    });
}

function isCase(given: unknown): given is KubeProxyCase {
  return typeof given === 'object' && given !== null && 'config' in given && 'services' in given;
}

/** What kube-proxy would lay out: what is of the other family is left out. */
export function toHostedServices({ config, services, endpoints }: KubeProxyCase): HostedServices {
  const family: Family = config.ipFamily === 'IPv6' ? 'ipv6' : 'ipv4';
  return {
    layout: {
      chainPrefix: config.chainPrefix ?? 'KUBE-',
      masqueradeMark: config.masqueradeMark,
      randomFully: config.randomFully ?? true,
      dropInvalid: (config.chainPrefix ?? 'KUBE-') === 'KUBE-',
      nodeAddresses: config.nodeAddresses ?? [],
      nodePortAddresses: config.nodePortAddresses ?? [],
      localhostNodePorts: config.localhostNodePorts ?? false,
    },
    services: services
      .filter(({ clusterIP }) => familyOf(clusterIP) === family)
      .flatMap((service) =>
        service.ports.map((port) => ({
          ...toService(service, port, family),
          ...toPods(config),
          masqueradeAll: config.masqueradeAll,
          endpoints: toEndpoints(service, port, endpoints)
            .filter(({ address }) => familyOf(address) === family)
            .map((endpoint) => ({ ...endpoint, ...isLocal(endpoint, config) })),
          ...(config.scheduler === undefined ? {} : { ipvs: { scheduler: toScheduler(config.scheduler) } }),
        })),
      ),
  };
}

type Named = Omit<Service, 'endpoints' | 'masqueradeAll' | 'pods' | 'ipvs'>;

function toService(service: KubeService, port: KubePort, family: Family): Named {
  const { namespace, name, clusterIP, externalIPs = [], affinityTimeoutSeconds } = service;
  const isOfFamily = (address: string): boolean => familyOf(address) === family;
  const loadBalancer = toLoadBalancer(service, isOfFamily);
  return {
    name: [`${namespace}/${name}`, port.name].filter((each) => each !== '').join(':'),
    protocol: toProtocol(port.protocol),
    family,
    clusterIp: clusterIP,
    port: port.port,
    internalTrafficPolicy: service.internalTrafficPolicy ?? 'Cluster',
    externalTrafficPolicy: service.externalTrafficPolicy ?? 'Cluster',
    externalIps: externalIPs.filter(isOfFamily),
    ...(affinityTimeoutSeconds === undefined ? {} : { affinityTimeoutSeconds }),
    ...(port.nodePort === undefined ? {} : { nodePort: port.nodePort }),
    ...(loadBalancer === undefined ? {} : { loadBalancer }),
  };
}

function toLoadBalancer(
  {
    loadBalancerIPs = [],
    loadBalancerSourceRanges = [],
    healthCheckNodePort,
    externalTrafficPolicy,
  }: KubeService,
  isOfFamily: (address: string) => boolean,
): LoadBalancer | undefined {
  if (loadBalancerIPs.length === 0 && healthCheckNodePort === undefined) return undefined;
  return {
    addresses: loadBalancerIPs.filter(isOfFamily),
    sourceRanges: loadBalancerSourceRanges.filter(isOfFamily),
    ...(healthCheckNodePort === undefined || externalTrafficPolicy !== 'Local'
      ? {}
      : { healthCheckNodePort }),
  };
}

function toEndpoints(
  { namespace, name }: KubeService,
  port: KubePort,
  all: readonly KubeEndpoints[],
): readonly ServiceEndpoint[] {
  return all
    .filter(({ service }) => service === `${namespace}/${name}`)
    .flatMap(({ addresses, ports }) =>
      ports
        .filter((target) => target.name === port.name)
        .flatMap((target) => addresses.map((address) => toEndpoint(address, target.port))),
    );
}

function toEndpoint(address: KubeAddress, port: number): ServiceEndpoint {
  const { ip, ready = true, serving = true, terminating = false, nodeLocal } = address;
  return {
    address: ip,
    port,
    isReady: ready,
    isServing: serving,
    isTerminating: terminating,
    ...(nodeLocal === undefined ? {} : { isLocal: nodeLocal }),
  };
}

function isLocal(
  { address, isLocal: told }: ServiceEndpoint,
  { podCidr }: KubeProxyCase['config'],
): Pick<ServiceEndpoint, 'isLocal'> {
  if (told !== undefined) return { isLocal: told };
  return podCidr === undefined ? {} : { isLocal: isWithin(address, podCidr) };
}

function toScheduler(name: string): Scheduler {
  const scheduler = SCHEDULERS.find((each) => each === name);
  if (scheduler === undefined) throw new Error(`no such scheduler in a case: ${name}`);
  return scheduler;
}

function toProtocol(protocol: string): Protocol {
  switch (protocol) {
    case 'TCP':
      return 'tcp';
    case 'UDP':
      return 'udp';
    case 'SCTP':
      return 'sctp';
    default:
      throw new Error(`no such protocol in a case: ${protocol}`);
  }
}

function toPods({ localDetector: { cidr, device } }: KubeProxyCase['config']): {
  readonly pods?: PodDetector;
} {
  if (cidr !== undefined) return { pods: { kind: 'cidr', cidr } };
  return device === undefined ? {} : { pods: { kind: 'device', device } };
}
