// Flannel's masquerading without flannel: pods talk to pods with their own addresses, and to all others with their node's.
import { App, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { GatewrightProvider, Host, PodMasquerade } from '../../lib/index';
import { LabInventory } from '../inventory';

const lab = new LabInventory('pod-masquerade');

/** Where the pods of each node are, and the node's own address, over which the other nodes reach them. */
const NODES = [
  { name: 'node1', address: '172.16.100.13', podCidr: '10.244.0.0/24' },
  { name: 'node2', address: '172.16.100.5', podCidr: '10.244.1.0/24' },
];

/** Two nodes; `extraCidrs` are other networks behind them that shall leave with the node's address too. */
export class PodMasqueradeExample extends TerraformStack {
  constructor(scope: Construct, id: string, extraCidrs: readonly string[] = []) {
    super(scope, id);
    new GatewrightProvider(this, 'gatewright', lab.login('node1'));

    const hosts = NODES.map(({ name, podCidr }) => {
      const host = new Host(this, name, { ...lab.reach(name), podCidr });
      // Pods of other nodes are behind those nodes: the routes that flannel's backend host-gw keeps.
      const others = NODES.filter((node) => node.name !== name);
      host.declare(
        '20-pod-routes',
        others.map((node) => `ip route add ${node.podCidr} via ${node.address} dev enp0s5`),
      );
      // Docker sets the policy of FORWARD to DROP. What is for pods or from them passes, as with flannel.
      host.declare('30-pods-pass', [
        'iptables -A FORWARD -s 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT',
        'iptables -A FORWARD -d 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT',
      ]);
      return host;
    });

    new PodMasquerade(this, 'pods', { hosts, clusterCidr: '10.244.0.0/16', extraCidrs });
  }
}

if (require.main === module) {
  const app = new App();
  new PodMasqueradeExample(app, 'pod-masquerade');
  app.synth();
}
