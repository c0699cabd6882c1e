// What one service means in IPVS mode, with its node port and its load balancer: addresses, members of sets, virtual and real servers.
import type { Declaration } from '../../model/declaration';
import { bindAlone, familyOf, isWithin } from '../addresses';
import { declareMember } from '../declare';
import { LOOPBACK, nodePortAddressesOf } from '../node-port-addresses';
import type { Service, ServiceEndpoint, ServiceLayout, TrafficPolicy } from '../service';
import { DEFAULT_SERVICE_SCHEDULER, sortEndpoints } from '../service';
import { trafficOf } from '../traffic';
import { declareVirtualServer } from '../virtual-server';
import { declareRanges } from './firewall';
import { deviceName, setNames } from './names';

/** The cluster IP and the external IPs on the dummy device, and virtual servers there. Without endpoints they have no real servers. */
export function declareIpvsService(service: Service, layout: ServiceLayout): readonly Declaration[] {
  const { clusterIp, port, protocol, family, endpoints } = service;
  const sets = setNames(layout.chainPrefix, family);
  // Where it cannot be known, it may be: a member for an endpoint of another host matches nothing.
  const own = sortEndpoints(endpoints).filter(({ isLocal }) => isLocal !== false);
  const external = service.externalTrafficPolicy === 'Local' ? sets.externalIpLocal : sets.externalIp;
  return [
    ...declareAddress(clusterIp, layout),
    declareMember(sets.clusterIp, `${clusterIp},${protocol}:${port}`),
    ...own.map(({ address, port: target }) =>
      declareMember(sets.loopBack, `${address},${protocol}:${target},${address}`),
    ),
    ...declareServer(service, { address: clusterIp, port, policy: service.internalTrafficPolicy }),
    ...service.externalIps.flatMap((address) => [
      ...declareAddress(address, layout),
      declareMember(external, `${address},${protocol}:${port}`),
      ...declareServer(service, { address, port, policy: service.externalTrafficPolicy }),
    ]),
  ];
}

/** A virtual server at each address of the host: IPVS knows no port without an address. */
export function declareIpvsNodePort(service: Service, layout: ServiceLayout): readonly Declaration[] {
  const { protocol, family, nodePort: port, externalTrafficPolicy: policy } = service;
  if (port === undefined) return [];
  const addresses = ipvsNodePortAddresses(service, layout);
  const sets = setNames(layout.chainPrefix, family);
  const names = [
    sets.ofNodePorts(protocol, 'Cluster'),
    ...(policy === 'Local' ? [sets.ofNodePorts(protocol, 'Local')] : []),
  ];
  const members =
    protocol === 'sctp' ? addresses.map((address) => `${address},${protocol}:${port}`) : [`${port}`];
  return [
    ...names.flatMap((set) => members.map((member) => declareMember(set, member))),
    ...addresses.flatMap((address) => declareServer(service, { address, port, policy })),
  ];
}

/** Those of the host at which node ports open; never at loopback. */
export function ipvsNodePortAddresses(
  { family }: Pick<Service, 'family'>,
  layout: ServiceLayout,
): readonly string[] {
  const opened = nodePortAddressesOf({ ...layout, localhostNodePorts: false }, family);
  if (opened.kind === 'these') return opened.addresses;
  return layout.nodeAddresses.filter((address) => familyOf(address) === family);
}

/** The load balancer's addresses as cluster IPs are, but that all that comes for them is masqueraded, unless the policy is Local. */
export function declareIpvsLoadBalancer(service: Service, layout: ServiceLayout): readonly Declaration[] {
  const { loadBalancer: balancer, port, protocol, family, externalTrafficPolicy: policy } = service;
  if (balancer === undefined) return [];
  const sets = setNames(layout.chainPrefix, family);
  const member = (address: string): string => `${address},${protocol}:${port}`;
  const served = balancer.addresses.flatMap((address) => [
    ...declareAddress(address, layout),
    declareMember(sets.loadBalancer, member(address)),
    ...(policy === 'Local' ? [declareMember(sets.loadBalancerLocal, member(address))] : []),
    ...declareServer(service, { address, port, policy }),
  ]);
  const { healthCheckNodePort: check } = balancer;
  return [
    ...served,
    ...(check === undefined ? [] : [declareMember(sets.healthCheckNodePort, `${check}`)]),
    ...declareRanges(service, layout),
  ];
}

/** On the dummy device, unless another one of the host has it. */
function declareAddress(
  address: string,
  { chainPrefix, nodeAddresses }: ServiceLayout,
): readonly Declaration[] {
  if (nodeAddresses.includes(address) || isWithin(address, LOOPBACK[familyOf(address)])) return [];
  const { ipvsIps } = setNames(chainPrefix, familyOf(address));
  return [bindAlone(address, deviceName(chainPrefix)), declareMember(ipvsIps, address)];
}

interface Server {
  readonly address: string;
  readonly port: number;
  readonly policy: TrafficPolicy;
}

function declareServer(service: Service, { address, port, policy }: Server): readonly Declaration[] {
  const { protocol, family, affinityTimeoutSeconds, ipvs } = service;
  const scheduler = ipvs?.scheduler ?? DEFAULT_SERVICE_SCHEDULER;
  return declareVirtualServer({
    server: { by: 'address', family, protocol, address, port },
    scheduler,
    // As kube-proxy does: clients behind one address are then told apart.
    schedulerFlags: scheduler === 'mh' ? ['mh-port'] : [],
    ...(affinityTimeoutSeconds === undefined ? {} : { persistenceTimeoutSeconds: affinityTimeoutSeconds }),
    realServers: realServersOf(service, policy).map((endpoint) => ({
      address: endpoint.address,
      port: endpoint.port,
      forward: 'nat',
      weight: 1,
    })),
  });
}

/** Where policy Local finds no endpoint of its own, kube-proxy's IPVS mode goes to the others, and does not drop. */
function realServersOf(service: Service, policy: TrafficPolicy): readonly ServiceEndpoint[] {
  const { cluster, local } = trafficOf(service);
  return policy === 'Local' && local.length > 0 ? local : cluster;
}
