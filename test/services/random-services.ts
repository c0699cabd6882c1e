// Random services of one host, from a seed that a failing test prints: all that the constructs can give, in one mode and family.
import type { Family } from '../../lib/model/iptables';
import { FAMILIES } from '../../lib/model/iptables';
import type { HostedServices } from '../../lib/services/hosted-services';
import type {
  LoadBalancer,
  PodDetector,
  Protocol,
  Service,
  ServiceEndpoint,
  ServiceLayout,
} from '../../lib/services/service';
import type { Random } from '../run/random';
import { fromSeed, oneOf } from '../run/random';

/** How many services, and how they are laid out. */
export interface Wanted {
  readonly services: number;
  readonly mode: 'iptables' | 'ipvs';
  readonly family: Family;
}

/** The same seed gives the same ones, but for the mode. */
export function randomServices(seed: number, { services, mode, family }: Wanted): HostedServices {
  const random = fromSeed(seed);
  const layout = randomLayout(random, family);
  const [masqueradeAll, pods] = [random() < 0.2, randomPods(random, family)];
  return {
    layout,
    services: Array.from({ length: services }, (_, index) => ({
      ...randomService(random, index, family),
      masqueradeAll,
      ...(pods === undefined ? {} : { pods }),
      ...(mode === 'ipvs' ? { ipvs: { scheduler: 'rr' as const } } : {}),
    })),
  };
}

/** The same services in each family, as dual-stack ones are. */
export function randomDualServices(seed: number, wanted: Omit<Wanted, 'family'>): HostedServices {
  const [ipv4, ipv6] = FAMILIES.map((family) => randomServices(seed, { ...wanted, family }));
  if (ipv4 === undefined || ipv6 === undefined) throw new Error('two families');
  const nodeAddresses = FAMILIES.flatMap((family) => NODE_ADDRESSES[family]);
  return {
    layout: { ...ipv4.layout, nodeAddresses },
    services: ipv4.services.flatMap((service, index) => [service, ...ipv6.services.slice(index, index + 1)]),
  };
}

/** The host's own. */
export const NODE_ADDRESSES: Readonly<Record<Family, readonly string[]>> = {
  ipv4: ['192.0.2.1', '198.51.100.1'],
  ipv6: ['2001:db8:1::1', '2001:db8:2::1'],
};

function randomLayout(random: Random, family: Family): ServiceLayout {
  const networks = { ipv4: '192.0.2.0/24', ipv6: '2001:db8:1::/64' };
  return {
    chainPrefix: oneOf(random, ['GW-', 'KUBE-']),
    masqueradeMark: oneOf(random, [0x4000, 0x1, 0x80000000]),
    randomFully: random() < 0.5,
    dropInvalid: random() < 0.5,
    nodeAddresses: NODE_ADDRESSES[family],
    nodePortAddresses: random() < 0.3 ? [networks[family]] : [],
    localhostNodePorts: random() < 0.3,
  };
}

function randomPods(random: Random, family: Family): PodDetector | undefined {
  const cidr = family === 'ipv4' ? '10.5.0.0/16' : 'fd00:5::/32';
  if (random() < 0.25) return undefined;
  return oneOf<PodDetector>(random, [
    { kind: 'cidr', cidr },
    { kind: 'device', device: 'cni0' },
    { kind: 'device', device: 'veth+' },
  ]);
}

function randomService(random: Random, index: number, family: Family): Omit<Service, 'masqueradeAll'> {
  const own = numbered(family, index);
  const balancer = randomBalancer(random, own, family);
  const affinity = random() < 0.25 ? { affinityTimeoutSeconds: 1 + Math.floor(random() * 86_400) } : {};
  return {
    name: `ns${index % 3}/svc${index}${oneOf(random, ['', ':http', ':p-80'])}`,
    protocol: oneOf<Protocol>(random, ['tcp', 'tcp', 'udp', 'sctp']),
    family,
    clusterIp: own('cluster'),
    // None of those that are node ports here: in mode ipvs a service's address is the host's own, so a packet to it whose port is
    // another service's node port is masqueraded for that one too, as with kube-proxy.
    port: 1 + Math.floor(random() * 29_000),
    endpoints: randomEndpoints(random, family),
    internalTrafficPolicy: random() < 0.3 ? 'Local' : 'Cluster',
    externalTrafficPolicy: random() < 0.4 ? 'Local' : 'Cluster',
    ...affinity,
    externalIps: random() < 0.3 ? [own('external')] : [],
    ...(random() < 0.5 ? { nodePort: 30_000 + index } : {}),
    ...(balancer === undefined ? {} : { loadBalancer: balancer }),
  };
}

type Numbered = (what: 'cluster' | 'external' | 'balancer') => string;

/** Addresses of the service of that number. */
function numbered(family: Family, index: number): Numbered {
  const [high, low] = [index >> 8, (index & 255) + 1];
  return (what) => {
    const place = { cluster: 96, external: 97, balancer: 98 }[what];
    return family === 'ipv4'
      ? `10.${place}.${high}.${low}`
      : `fd00:${place}::${(high * 256 + low).toString(16)}`;
  };
}

function randomBalancer(random: Random, own: Numbered, family: Family): LoadBalancer | undefined {
  if (random() < 0.6) return undefined;
  const ranges = {
    ipv4: ['203.0.113.0/24', '192.0.2.0/24', '10.5.0.0/16'],
    ipv6: ['2001:db8:9::/48', '2001:db8:1::/64', 'fd00:5::/32'],
  }[family];
  return {
    addresses: [own('balancer')],
    sourceRanges: random() < 0.5 ? ranges.slice(0, 1 + Math.floor(random() * 3)) : [],
  };
}

function randomEndpoints(random: Random, family: Family): readonly ServiceEndpoint[] {
  const amount = oneOf(random, [0, 1, 1, 2, 3, 5, 10]);
  return Array.from({ length: amount }, (_, index) => {
    const isTerminating = random() < 0.2;
    const host = 1 + Math.floor(random() * 3);
    return {
      address:
        family === 'ipv4' ? `10.5.${host}.${index + 2}` : `fd00:5:${host}::${(index + 2).toString(16)}`,
      port: oneOf(random, [80, 8080]),
      isReady: !isTerminating && random() < 0.9,
      isServing: random() < 0.8,
      isTerminating,
      isLocal: host === 1,
    };
  });
}
