// What one service means in IPVS mode, with its node port and its load balancer: addresses, members of sets, virtual and real servers.
import { IPv4 } from 'ipaddr.js';
import type { Declaration } from '../../model/declaration';
import { bindAlone } from '../addresses';
import { declareMember } from '../declare';
import type { LoadBalancer, NodePort } from '../hosted-services';
import type { Service, ServiceEndpoint, ServiceLayout } from '../service';
import { DEFAULT_SERVICE_SCHEDULER, sortEndpoints } from '../service';
import { declareVirtualServer } from '../virtual-server';
import { declareRanges } from './firewall';
import { deviceName, setNames } from './names';

/** The cluster IP on the dummy device, and a virtual server there. Without endpoints it has no real server, and refuses. */
export function declareIpvsService(service: Service, layout: ServiceLayout): readonly Declaration[] {
  const { clusterIp, port, protocol, endpoints } = service;
  const sets = setNames(layout.chainPrefix);
  const ownEndpoints = sortEndpoints(endpoints).filter((endpoint) => isOfHost(endpoint, layout));
  return [
    ...declareAddress(clusterIp, layout),
    declareMember(sets.clusterIp, `${clusterIp},${protocol}:${port}`),
    ...ownEndpoints.map(({ address, port: target }) =>
      declareMember(sets.loopBack, `${address},${protocol}:${target},${address}`),
    ),
    ...declareServer(service, clusterIp, port),
  ];
}

/** A virtual server at each address of the host: IPVS knows no port without an address. */
export function declareIpvsNodePort(
  { service, port }: NodePort,
  { chainPrefix, nodeAddresses = [] }: ServiceLayout,
): readonly Declaration[] {
  const { protocol } = service;
  const set = setNames(chainPrefix).ofNodePorts(protocol);
  const members =
    protocol === 'sctp'
      ? nodeAddresses.map((address) => declareMember(set, `${address},${protocol}:${port}`))
      : [declareMember(set, `${port}`)];
  return [...members, ...nodeAddresses.flatMap((address) => declareServer(service, address, port))];
}

/** The load balancer's addresses as cluster IPs are, but that all that comes for them is masqueraded. */
export function declareIpvsLoadBalancer(
  balancer: LoadBalancer,
  layout: ServiceLayout,
): readonly Declaration[] {
  const { service, addresses } = balancer;
  const { port, protocol } = service;
  const set = setNames(layout.chainPrefix).loadBalancer;
  const served = addresses.flatMap((address) => [
    ...declareAddress(address, layout),
    declareMember(set, `${address},${protocol}:${port}`),
    ...declareServer(service, address, port),
  ]);
  return [...served, ...declareRanges(balancer, layout)];
}

function declareAddress(address: string, { chainPrefix }: ServiceLayout): readonly Declaration[] {
  return [bindAlone(address, deviceName(chainPrefix)), declareMember(setNames(chainPrefix).ipvsIps, address)];
}

function declareServer(service: Service, address: string, port: number): readonly Declaration[] {
  const { protocol, endpoints, ipvs: { scheduler } = { scheduler: DEFAULT_SERVICE_SCHEDULER } } = service;
  return declareVirtualServer({
    server: { by: 'address', family: 'ipv4', protocol, address, port },
    scheduler,
    // As kube-proxy does: clients behind one address are then told apart.
    schedulerFlags: scheduler === 'mh' ? ['mh-port'] : [],
    realServers: endpoints.map((endpoint) => ({
      address: endpoint.address,
      port: endpoint.port,
      forward: 'nat',
      weight: 1,
    })),
  });
}

/** Where it cannot be known, it may be: a member for an endpoint of another host matches nothing. */
function isOfHost({ address }: ServiceEndpoint, { podCidr }: ServiceLayout): boolean {
  if (podCidr === undefined || !IPv4.isValidCIDR(podCidr) || !IPv4.isValid(address)) return true;
  return IPv4.parse(address).match(IPv4.parseCIDR(podCidr));
}
