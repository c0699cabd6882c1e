// A service behind an external load balancer: nodes that call the balancer's address are sent straight to an endpoint.
import { App, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import {
  ClusterIpService,
  type Endpoint,
  GatewrightProvider,
  Host,
  LoadBalancerService,
  NodePortService,
} from '../../lib/index';
import { LabInventory } from '../inventory';

const lab = new LabInventory('load-balancer');

/** Two pods, one behind each node. */
export const ENDPOINTS: readonly Endpoint[] = [
  { address: '10.42.147.255', port: 809 },
  { address: '10.42.38.222', port: 809 },
];

/** Two nodes, one service with a cluster IP, a node port, and the address of a load balancer. */
export class LoadBalancerExample extends TerraformStack {
  constructor(scope: Construct, id: string, endpoints = ENDPOINTS) {
    super(scope, id);
    new GatewrightProvider(this, 'gatewright', lab.login('node1'));

    // Pods have addresses of the nodes' own network here, so what tells their packets from others is the bridge that they enter by.
    const hosts = ['node1', 'node2'].map(
      (name) => new Host(this, name, { ...lab.reach(name), podBridge: 'cni0' }),
    );

    const service = new ClusterIpService(this, 'testapi', {
      hosts,
      name: 'zhongce-v2-0/testapi-smzdm-com',
      clusterIp: '172.17.185.22',
      port: 809,
      endpoints,
    });
    // Where the balancer sends what comes from outside …
    new NodePortService(this, 'testapi-node-port', { service, nodePort: 39746 });
    // … and its address: what a node or a pod sends there goes straight to an endpoint.
    new LoadBalancerService(this, 'testapi-balancer', { service, addresses: ['10.42.162.216'] });
  }
}

if (require.main === module) {
  const app = new App();
  new LoadBalancerExample(app, 'load-balancer');
  app.synth();
}
