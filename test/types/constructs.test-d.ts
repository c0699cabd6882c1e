// What the types of the public face accept and refuse; the compiler is the test (`npm run typecheck`).
import type { TerraformStack } from 'cdktf';
import type { ClusterIpServiceProps, Endpoint, HostProps, NodePortServiceProps } from '../../lib/index';
import { ClusterIpService, GatewrightProvider, Host, NodePortService } from '../../lib/index';

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
host.declare('10-a', '# one text');
host.declare('10-a', ['# lines', '# as const'] as const);

// @ts-expect-error an address is required
export const withoutAddress: HostProps = { port: 22 };
// @ts-expect-error props are read once
export const written = (props: HostProps) => (props.port = 22);
// @ts-expect-error what comes later is not in the type yet
export const persistent: HostProps = { address: '192.0.2.1', persist: 'none' };
// @ts-expect-error a key is not a provider
export const keyed: HostProps = { address: '192.0.2.1', provider: 'gatewright.east' };
// @ts-expect-error no other protocol has ports that iptables matches and kube-proxy serves
export const icmp: Pick<ClusterIpServiceProps, 'protocol'> = { protocol: 'icmp' };
// @ts-expect-error what comes later is not in the type yet
export const sticky: Partial<ClusterIpServiceProps> = { sessionAffinity: {} };
// @ts-expect-error what comes later is not in the type yet
export const terminating: Endpoint = { address: '10.0.0.1', port: 80, terminating: true };
// @ts-expect-error a node port is of a service
export const ofName: NodePortServiceProps = { service: 'default/web', nodePort: 30_080 };
// @ts-expect-error absent is not undefined
export const unset: HostProps = { address: '192.0.2.1', port: undefined };
