// Reads a golden case in the form of kube-proxy's own unit tests (services with several ports, endpoints apart) as what we lay out.
import type { HostedServices, LoadBalancer, NodePort } from '../../lib/services/hosted-services';
import type { Scheduler } from '../../lib/model/ipvs';
import { SCHEDULERS } from '../../lib/model/ipvs';
import type { InternalMasquerade, Protocol, Service } from '../../lib/services/service';

export interface KubeProxyCase {
  readonly description: string;
  readonly config: {
    readonly chainPrefix: string;
    readonly localDetector: LocalDetector;
    readonly masqueradeAll: boolean;
    readonly masqueradeMark: number;
    /** In IPVS mode. */
    readonly scheduler?: string;
    readonly nodeAddresses?: readonly string[];
    readonly podCidr?: string;
  };
  readonly services: readonly KubeService[];
  readonly endpoints: readonly KubeEndpoints[];
}

interface LocalDetector {
  readonly type: string;
  readonly cidr?: string;
  readonly device?: string;
}

interface KubeService {
  readonly namespace: string;
  readonly name: string;
  readonly clusterIP: string;
  readonly loadBalancerIPs?: readonly string[];
  readonly loadBalancerSourceRanges?: readonly string[];
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
  readonly addresses: readonly { readonly ip: string }[];
  readonly ports: readonly KubePort[];
}

export function toHostedServices({ config, services, endpoints }: KubeProxyCase): HostedServices {
  const nodePorts: NodePort[] = [];
  const loadBalancers: LoadBalancer[] = [];
  const laidOut = services.flatMap((service) =>
    service.ports.map((port) => {
      const one = { ...toService(service, port, endpoints), ...toPolicies(config) };
      const { loadBalancerIPs: addresses = [], loadBalancerSourceRanges: sourceRanges = [] } = service;
      if (port.nodePort !== undefined) nodePorts.push({ service: one, port: port.nodePort });
      if (addresses.length > 0) loadBalancers.push({ service: one, addresses, sourceRanges });
      return one;
    }),
  );
  const { chainPrefix, masqueradeMark, nodeAddresses, podCidr } = config;
  const layout = {
    chainPrefix,
    masqueradeMark,
    ...(nodeAddresses === undefined ? {} : { nodeAddresses }),
    ...(podCidr === undefined ? {} : { podCidr }),
  };
  return { layout, services: laidOut, nodePorts, loadBalancers };
}

function toPolicies(config: KubeProxyCase['config']): Pick<Service, 'internalMasquerade' | 'ipvs'> {
  const { scheduler } = config;
  return {
    internalMasquerade: toMasquerade(config),
    ...(scheduler === undefined ? {} : { ipvs: { scheduler: toScheduler(scheduler) } }),
  };
}

function toScheduler(name: string): Scheduler {
  const scheduler = SCHEDULERS.find((each) => each === name);
  if (scheduler === undefined) throw new Error(`no such scheduler in a case: ${name}`);
  return scheduler;
}

function toService(
  { namespace, name, clusterIP }: KubeService,
  port: KubePort,
  all: readonly KubeEndpoints[],
): Omit<Service, 'internalMasquerade' | 'ipvs'> {
  const own = all.filter(({ service }) => service === `${namespace}/${name}`);
  return {
    name: [`${namespace}/${name}`, port.name].filter((each) => each !== '').join(':'),
    protocol: toProtocol(port.protocol),
    clusterIp: clusterIP,
    port: port.port,
    endpoints: own.flatMap(({ addresses, ports }) =>
      ports
        .filter((target) => target.name === port.name)
        .flatMap((target) => addresses.map(({ ip }) => ({ address: ip, port: target.port }))),
    ),
  };
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

function toMasquerade({ masqueradeAll, localDetector }: KubeProxyCase['config']): InternalMasquerade {
  if (masqueradeAll) return { kind: 'all' };
  const { cidr, device } = localDetector;
  if (cidr !== undefined) return { kind: 'unless-from-cidr', cidr };
  return device === undefined ? { kind: 'none' } : { kind: 'unless-from-device', device };
}
