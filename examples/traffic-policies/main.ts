// A dual-stack service of which each node serves clients from outside by its own pods, with their addresses kept; main.ts deploys it to the lab.
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

const lab = new LabInventory('traffic-policies');

/** One pod behind node1, two behind node2, each with an address of each family. */
export const ENDPOINTS: readonly Endpoint[] = [
  '10.5.75.2',
  '10.5.88.2',
  '10.5.88.3',
  'fd05:75::2',
  'fd05:88::2',
  'fd05:88::3',
].map((address) => ({ address, port: 3000 }));

/** Two nodes, a shop for everybody, its sessions, which are asked on the own node, and baskets, of which a client keeps one. */
export class TrafficPoliciesExample extends TerraformStack {
  constructor(scope: Construct, id: string, shopEndpoints = ENDPOINTS) {
    super(scope, id);
    new GatewrightProvider(this, 'gatewright', lab.login('node1'));
    const hosts = [
      this.host('node1', ['192.168.1.6', 'fd00:1::6'], ['10.5.75.0/24', 'fd05:75::/64']),
      this.host('node2', ['192.168.1.7', 'fd00:1::7'], ['10.5.88.0/24', 'fd05:88::/64']),
    ];

    const shop = new ClusterIpService(this, 'shop', {
      hosts,
      name: 'example/shop:http',
      clusterIp: ['10.96.0.10', 'fd00:96::10'],
      port: 80,
      endpoints: shopEndpoints,
    });
    // The balancer sends a client to one of the nodes, and the shop sees who it is.
    new LoadBalancerService(this, 'shop-balancer', {
      service: shop,
      addresses: ['203.0.113.10', '2001:db8::10'],
      sourceRanges: ['192.168.1.0/24', 'fd00:1::/64', '10.5.0.0/16', 'fd05::/16'],
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32_080,
    });
    new NodePortService(this, 'shop-node-port', { service: shop, nodePort: 30_080 });

    new ClusterIpService(this, 'sessions', {
      hosts,
      name: 'example/sessions:http',
      clusterIp: ['10.96.0.11', 'fd00:96::11'],
      port: 80,
      endpoints: ENDPOINTS,
      internalTrafficPolicy: 'Local',
    });

    new ClusterIpService(this, 'baskets', {
      hosts,
      name: 'example/baskets:http',
      clusterIp: ['10.96.0.12', 'fd00:96::12'],
      port: 80,
      endpoints: ENDPOINTS,
      sessionAffinity: { timeoutSeconds: 600 },
    });
  }

  /** `podCidr` tells which endpoints are the node's own, `clusterCidr` whose packets are those of pods. */
  private host(name: string, nodeAddresses: readonly string[], podCidr: readonly string[]): Host {
    const clusterCidr = ['10.5.0.0/16', 'fd05::/16'];
    return new Host(this, name, { ...lab.reach(name), nodeAddresses, podCidr, clusterCidr });
  }
}

if (require.main === module) {
  const app = new App();
  new TrafficPoliciesExample(app, 'traffic-policies');
  app.synth();
}
