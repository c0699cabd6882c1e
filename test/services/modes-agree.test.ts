// Random services in both modes: the same packets go to the same endpoints, but for the differences that docs/services.md tells, and are masqueraded
// alike. Which endpoints a policy has is for flows.test.ts. The seed is printed.
import { expect, test } from 'vitest';
import type { Family } from '../../lib/model/iptables';
import { FAMILIES } from '../../lib/model/iptables';
import { isWithin } from '../../lib/services/addresses';
import { nodePortAddressesOf } from '../../lib/services/node-port-addresses';
import type { HostedServices } from '../../lib/services/hosted-services';
import type { Service, ServiceEndpoint, TrafficPolicy } from '../../lib/services/service';
import { isExternal, printEndpoint } from '../../lib/services/service';
import { letsHostIn } from '../../lib/services/source-ranges';
import type { Traffic } from '../../lib/services/traffic';
import { trafficOf } from '../../lib/services/traffic';
import { walkFromDevice, walkFromHost } from '../../lib/simulate/journey';
import { sureOutcomesOf } from '../../lib/simulate/outcomes';
import { printOutcome } from '../../lib/simulate/print-trace';
import type { Surroundings } from '../../lib/simulate/rule-set';
import { seeds } from '../run/seed';
import { packetOf } from '../simulate/packets';
import { laidOutHost } from './laid-out-host';
import { NODE_ADDRESSES, randomServices } from './random-services';

type Source = 'outside' | 'stranger' | 'pod' | 'host';

/** One packet for a service: who sends it, by which way it comes to the service. */
interface Flow {
  readonly service: Service;
  readonly source: Source;
  readonly way: 'cluster IP' | 'external IP' | 'load balancer' | 'node port';
  readonly address: string;
  readonly port: number;
}

/** By whom packets come, and the device that they come by. The stranger is in no source range. */
const SOURCES: Readonly<Record<Family, Readonly<Record<Exclude<Source, 'host'>, string>>>> = {
  ipv4: { outside: '203.0.113.7', stranger: '203.0.114.7', pod: '10.5.1.50' },
  ipv6: { outside: '2001:db8:9::7', stranger: '2001:db8:a::7', pod: 'fd00:5:1::50' },
};

test.each(seeds(10).flatMap((seed) => FAMILIES.map((family) => [seed, family] as const)))(
  'services of seed %i, %s go to the same endpoints in both modes',
  (seed, family) => {
    const [iptables, ipvs] = (['iptables', 'ipvs'] as const).map((mode) =>
      randomServices(seed, { services: 10, mode, family }),
    );
    if (iptables === undefined || ipvs === undefined) throw new Error('two modes');
    const hosts = { iptables: hostOf(iptables, family), ipvs: hostOf(ipvs, family) };
    for (const flow of flowsTo(iptables)) {
      const where = `seed ${seed}, ${flow.service.name} by ${flow.way} from ${flow.source}`;
      const byIptables = walk(flow, hosts.iptables);
      expect(byIptables.ends, `${where}, iptables`).toEqual(inIptables(flow, iptables));
      const byIpvs = walk(flow, hosts.ipvs);
      expect(byIpvs.ends, `${where}, ipvs`).toEqual(inIpvs(flow, iptables));
      expect(byIptables.sources, `${where}, iptables`).toEqual(sourcesOf(byIptables, isMasquerading(flow)));
      const isMasqueraded = isMasquerading(flow, 'ipvs');
      expect(byIpvs.sources, `${where}, ipvs`).toEqual(sourcesOf(byIpvs, isMasqueraded));
    }
  },
);

function hostOf(hosted: HostedServices, family: Family): Surroundings {
  const length = family === 'ipv4' ? 24 : 64;
  return laidOutHost(hosted, {
    addresses: NODE_ADDRESSES[family].map((address, index) => ({
      network: `${address}/${length}`,
      device: `eth${index}`,
    })),
    routes: [{ network: family === 'ipv4' ? 'default' : '::/0', device: 'eth0' }],
  });
}

function flowsTo({ services, layout }: HostedServices): readonly Flow[] {
  const sources: readonly Source[] = ['outside', 'stranger', 'pod', 'host'];
  return services.flatMap((service) => {
    const { clusterIp, port, externalIps, loadBalancer, nodePort } = service;
    const ways: readonly Pick<Flow, 'way' | 'address' | 'port'>[] = [
      { way: 'cluster IP', address: clusterIp, port },
      ...externalIps.map((address) => ({ way: 'external IP' as const, address, port })),
      ...(loadBalancer?.addresses ?? []).map((address) => ({ way: 'load balancer' as const, address, port })),
      ...layout.nodeAddresses.flatMap((address) =>
        nodePort === undefined ? [] : [{ way: 'node port' as const, address, port: nodePort }],
      ),
    ];
    return ways.flatMap((way) => sources.map((source) => ({ service, source, ...way })));
  });
}

interface Walked {
  /** Where it may go, in order; or what stops it, or that it is left to the host. */
  readonly ends: readonly string[];
  /** Of those that go to endpoints: whether their source is kept. */
  readonly sources: readonly ('kept' | 'masqueraded')[];
}

function walk({ service, source, address, port }: Flow, host: Surroundings): Walked {
  const { family, protocol } = service;
  const [own = ''] = NODE_ADDRESSES[family];
  const isBound = host.isLocal(addressesOf(address, family), family) === 'yes';
  // The host calls an address that it has itself from that address.
  const from = source === 'host' ? (isBound ? address : own) : SOURCES[family][source];
  const end = (at: string, of: number): string => printEndpoint({ address: at, port: of });
  const packet = packetOf(`${protocol} ${end(from, 2000)} -> ${end(address, port)}`, {
    inDevice: { kind: 'named', name: source === 'pod' ? 'cni0' : 'eth0' },
  });
  const trace = source === 'host' ? walkFromHost(packet, host) : walkFromDevice(packet, host);
  const outcomes = sureOutcomesOf(trace).map((outcome) => {
    const [, to = outcome.disposition] = / to ([^,]+)/.exec(printOutcome(outcome)) ?? [];
    const isTranslated = outcome.sourceTranslation !== undefined;
    return { to: to === end(address, port) ? 'left' : to, isTranslated };
  });
  const served = outcomes.filter(({ to }) => to.includes(':'));
  return {
    ends: outcomes.map(({ to }) => to).toSorted(),
    sources: [...new Set(served.map(({ isTranslated }) => (isTranslated ? 'masqueraded' : 'kept')))],
  };
}

/** Nobody is an endpoint of what he calls here, so all ways to a service are masqueraded alike. */
function sourcesOf({ ends }: Walked, isMasqueraded: boolean): Walked['sources'] {
  if (!ends.some((end) => end.includes(':'))) return [];
  return [isMasqueraded ? 'masqueraded' : 'kept'];
}

/** In mode ipvs, policy Local keeps the source of the host too; and without a way to tell pods, the host alone is masqueraded to cluster IPs. */
function isMasquerading(flow: Flow, mode?: 'ipvs'): boolean {
  const { service, source, way } = flow;
  if (way === 'cluster IP') {
    if (service.masqueradeAll) return true;
    return service.pods === undefined ? mode === 'ipvs' && source === 'host' : !isPod(flow);
  }
  if (service.externalTrafficPolicy === 'Cluster') return true;
  return mode === undefined && source === 'host';
}

function addressesOf(address: string, family: Family) {
  return packetOf(`tcp ${printEndpoint({ address, port: 1 })} -> ${printEndpoint({ address, port: 1 })}`, {
    family,
  }).destination;
}

/** What kube-proxy says of iptables mode. */
function inIptables(flow: Flow, hosted: HostedServices): readonly string[] {
  const { service, source, way } = flow;
  const traffic = trafficOf(service);
  if (!isOpened(flow, hosted)) return refusedAnyway(traffic);
  // Only what comes in or passes by is refused at these.
  const goesOut = source === 'host' && (way === 'external IP' || way === 'load balancer');
  if (!traffic.hasEndpoints) return [goesOut ? 'left' : 'rejected'];
  if (isKeptOut(flow, hosted)) return ['dropped'];
  const policy = way === 'cluster IP' ? service.internalTrafficPolicy : service.externalTrafficPolicy;
  const isShort = way !== 'cluster IP' && (source === 'host' || isPod(flow));
  if (policy === 'Cluster' || isShort) return print(traffic.cluster);
  return traffic.local.length > 0 ? print(traffic.local) : ['dropped'];
}

/** A node port without endpoints is refused at every address of the host, those where it does not open too. */
function refusedAnyway({ external }: Traffic): readonly string[] {
  if (external.kind !== 'refused') return ['left'];
  return [external.by === 'REJECT' ? 'rejected' : 'dropped'];
}

/** The differences: docs/services.md. */
function inIpvs(flow: Flow, hosted: HostedServices): readonly string[] {
  const { service, way, source } = flow;
  const traffic = trafficOf(service);
  if (!isOpened(flow, hosted)) return ['left'];
  const policy: TrafficPolicy =
    way === 'cluster IP' ? service.internalTrafficPolicy : service.externalTrafficPolicy;
  const chosen = policy === 'Local' && traffic.local.length > 0 ? traffic.local : traffic.cluster;
  // IPVS takes what the host itself sends before OUTPUT is asked, and what comes in behind INPUT.
  if (isKeptOut(flow, hosted) && (source !== 'host' || chosen.length > 0)) return ['dropped'];
  return chosen.length === 0 ? ['rejected'] : print(chosen);
}

function print(endpoints: readonly ServiceEndpoint[]): readonly string[] {
  return endpoints.map(printEndpoint).toSorted();
}

function isOpened({ way, address, service }: Flow, { layout }: HostedServices): boolean {
  if (way !== 'node port') return true;
  const opened = nodePortAddressesOf(layout, service.family);
  return opened.kind === 'all' || opened.addresses.includes(address);
}

/** By the source ranges of the load balancer. */
function isKeptOut({ service, source, way }: Flow, { layout }: HostedServices): boolean {
  const ranges = service.loadBalancer?.sourceRanges ?? [];
  if (way !== 'load balancer' || ranges.length === 0 || !isExternal(service)) return false;
  if (source === 'host') return !letsHostIn({ sourceRanges: ranges }, layout);
  const from = SOURCES[service.family][source];
  return !ranges.some((range) => isWithin(from, range));
}

function isPod({ service: { pods }, source }: Flow): boolean {
  if (pods === undefined || source !== 'pod') return false;
  return pods.kind === 'cidr' || pods.device === 'cni0';
}
