// What the types of the public face accept and refuse; the compiler is the test (`npm run typecheck`).
import type { TerraformStack } from 'cdktf';
import type {
  ClusterIpServiceProps,
  ConnectionLimitProps,
  Endpoint,
  FullNatVipProps,
  HostProps,
  IpSetProps,
  LoadBalancerServiceProps,
  NodePortServiceProps,
  PortForwardProps,
  RealServer,
  VirtualServerProps,
} from '../../lib/index';
import {
  ClusterIpService,
  ConnectionLimit,
  DirectRoutingRealServer,
  FullNatVip,
  GatewrightProvider,
  Host,
  IpSet,
  LoadBalancerService,
  NodePortService,
  PodMasquerade,
  PortForward,
  RealServerRoute,
  SourceNat,
  TunnelRealServer,
  VirtualServer,
} from '../../lib/index';

declare const stack: TerraformStack;

const provider = new GatewrightProvider(stack, 'gatewright');
const host = new Host(stack, 'a', { address: '192.0.2.1', provider });
const service = new ClusterIpService(stack, 'web', {
  hosts: [host],
  clusterIp: '10.96.0.1',
  port: 80,
  endpoints: [],
});
new NodePortService(stack, 'np', { service, nodePort: 30_080 });
new LoadBalancerService(stack, 'lb', {
  service,
  addresses: ['10.42.162.216'],
  sourceRanges: ['10.42.0.0/16'],
});
new FullNatVip(stack, 'vip', {
  host,
  vip: '182.16.100.101/24',
  device: 'enp0s5',
  port: 8888,
  scheduler: 'rr',
  realServers: [{ address: '172.16.100.5', port: 80, weight: 2 }],
});
new VirtualServer(stack, 'vs', {
  host,
  address: '192.168.2.110',
  port: 80,
  scheduler: 'sh',
  schedulerFlags: ['sh-port'],
  bindTo: 'eth0',
  realServers: [{ address: '192.168.1.2', forward: 'dr' }],
});
new VirtualServer(stack, 'fwmark', { host, firewallMark: 1, realServers: [] });
new DirectRoutingRealServer(stack, 'dr', { host, vip: '192.168.2.110' });
new TunnelRealServer(stack, 'tunnel', { host, vip: '192.168.2.110' });
new RealServerRoute(stack, 'route', { host, realServerAddress: '192.168.1.2', director: '192.168.1.9' });
new PodMasquerade(stack, 'pods', { hosts: [host], clusterCidr: '10.244.0.0/16' });
new PortForward(stack, 'pf', {
  host,
  from: { port: 80, device: 'eth0' },
  to: { address: '172.17.0.2', port: 80 },
});
new SourceNat(stack, 'snat', { host, source: '10.8.0.0/24', device: 'eth0', to: '192.168.5.3' });
new ConnectionLimit(stack, 'limit', { host, port: 9090, above: 2, rejectWith: 'tcp-reset' });
const set = new IpSet(stack, 'set', {
  hosts: [host],
  name: 'blocked',
  type: 'hash:net',
  members: ['192.0.2.0/24', { member: '192.0.2.7', noMatch: true }],
});
export const setName: string = set.name;
new Host(stack, 'guarded', {
  address: '192.0.2.1',
  managementCidrs: ['192.0.2.0/24', '2001:db8::/32'],
  allowLockout: true,
});
host.declare('10-a', '# one text');
host.declare('10-a', ['# lines', '# as const'] as const);

// @ts-expect-error an address is required
export const withoutAddress: HostProps = { port: 22 };
// @ts-expect-error props are read once
export const written = (props: HostProps) => (props.port = 22);
// @ts-expect-error one of three words
export const persistent: HostProps = { address: '192.0.2.1', persist: 'always' };
// @ts-expect-error a list, even of one network
export const managed: HostProps = { address: '192.0.2.1', managementCidrs: '192.0.2.0/24' };
// @ts-expect-error a key is not a provider
export const keyed: HostProps = { address: '192.0.2.1', provider: 'gatewright.east' };
// @ts-expect-error no other protocol has ports that iptables matches and kube-proxy serves
export const icmp: Pick<ClusterIpServiceProps, 'protocol'> = { protocol: 'icmp' };
// @ts-expect-error there is but one kind, by the client's address
export const sticky: Partial<ClusterIpServiceProps> = { sessionAffinity: 'ClientIP' };
// @ts-expect-error kube-proxy's words, in its spelling
export const near: Partial<ClusterIpServiceProps> = { internalTrafficPolicy: 'local' };
// @ts-expect-error the host itself, not its name
export const placed: Endpoint = { address: '10.0.0.1', port: 80, host: 'cloudos1' };
// @ts-expect-error the kernel has no scheduler of that name
export const friendly: Partial<ClusterIpServiceProps> = { mode: 'ipvs', scheduler: 'round-robin' };
// @ts-expect-error a load balancer has addresses
export const unaddressed: LoadBalancerServiceProps = { service };
// @ts-expect-error full NAT is by nat
export const routed: FullNatVipProps['realServers'] = [{ address: '10.0.0.2', port: 80, forward: 'dr' }];
// @ts-expect-error a real server of a VIP has a port
export const portless: FullNatVipProps['realServers'] = [{ address: '10.0.0.2' }];
// @ts-expect-error as in listings, not as in words
export const masq: Pick<RealServer, 'forward'> = { forward: 'Masq' };
// @ts-expect-error a flag that has a name is given by it
export const flagged: Pick<VirtualServerProps, 'schedulerFlags'> = { schedulerFlags: ['flag-1'] };
// @ts-expect-error no such type of set
export const typed: Pick<IpSetProps, 'type'> = { type: 'hash:address' };
// @ts-expect-error ipset names families so
export const family: Pick<IpSetProps, 'family'> = { family: 'ipv6' };
// @ts-expect-error a forwarded port goes somewhere
export const nowhere: PortForwardProps = { host, from: { port: 80 } };
// @ts-expect-error nothing that REJECT can answer
export const rejected: Partial<ConnectionLimitProps> = { rejectWith: 'icmp6-port-unreachable' };
// @ts-expect-error a node port is of a service
export const ofName: NodePortServiceProps = { service: 'default/web', nodePort: 30_080 };
// @ts-expect-error absent is not undefined
export const unset: HostProps = { address: '192.0.2.1', port: undefined };
