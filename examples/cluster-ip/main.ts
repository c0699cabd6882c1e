// Two services over the pods of two hosts, each with a cluster IP and a node port on both; main.ts deploys it to the lab.
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { ClusterIpService, GatewrightProvider, Host, NodePortService } from '../../lib/index';
import { LabInventory } from '../inventory';
import { readServices } from './services';

const lab = new LabInventory('cluster-ip');

/** Two hosts, two services, a node port each. Throws with what to do where no lab is up. */
export class ClusterIpExample extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new GatewrightProvider(this, 'gatewright', lab.login('cloudos1'));

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
    return new Host(this, name, { ...lab.reach(name), podCidr });
  }
}
