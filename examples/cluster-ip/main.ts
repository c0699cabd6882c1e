// Two services over the pods of two hosts, each with a cluster IP and a node port on both; main.ts deploys it to the lab.
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { ClusterIpService, GatewrightProvider, Host, NodePortService } from '../../lib/index';
import { readLabHost, readServices } from './inventory';

/** Two hosts, two services, a node port each. Throws with what to do where no lab is up. */
export class ClusterIpExample extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { user, privateKeyPath } = readLabHost('cloudos1');
    new GatewrightProvider(this, 'gatewright', { user, privateKeyPath, agent: false });

    const hosts = [this.host('cloudos1', '10.5.75.0/24'), this.host('cloudos2', '10.5.88.0/24')];

    for (const [name, { nodePort, ...service }] of Object.entries(readServices())) {
      const clusterIp = new ClusterIpService(this, name, { hosts, name: `example/${name}:http`, ...service });
      new NodePortService(this, `${name}-node-port`, { service: clusterIp, nodePort });
    }
  }

  /**
   * `podCidr` is what a line of the runbook (`-I POSTROUTING -s 192.168.1.6 -j MASQUERADE`) was for: what comes from elsewhere,
   * such as from the host itself, is masqueraded on its way to a service, so that pods of the other host can answer.
   */
  private host(name: string, podCidr: string): Host {
    const { address, port, hostKey } = readLabHost(name);
    return new Host(this, name, { address, port, hostKey, podCidr });
  }
}
