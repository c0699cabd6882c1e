// The two services of examples/cluster-ip, laid out as virtual servers of IPVS with sets, as kube-proxy does in mode ipvs.
import { App, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { ClusterIpService, GatewrightProvider, Host, NodePortService } from '../../lib/index';
import { readServices } from '../cluster-ip/services';
import { LabInventory } from '../inventory';

const lab = new LabInventory('cluster-ip-ipvs');

/** Two hosts, two services, a node port each. */
export class ClusterIpIpvsExample extends TerraformStack {
  constructor(scope: Construct, id: string, services = readServices()) {
    super(scope, id);
    new GatewrightProvider(this, 'gatewright', lab.login('cloudos1'));

    const hosts = [
      this.host('cloudos1', { podCidr: '10.5.75.0/24', nodeAddresses: ['192.168.1.6'] }),
      this.host('cloudos2', { podCidr: '10.5.88.0/24', nodeAddresses: ['192.168.1.7'] }),
    ];

    for (const [name, { nodePort, ...service }] of Object.entries(services)) {
      const clusterIp = new ClusterIpService(this, name, {
        hosts,
        name: `example/${name}:http`,
        mode: 'ipvs',
        ...service,
      });
      new NodePortService(this, `${name}-node-port`, { service: clusterIp, nodePort });
    }
  }

  /** `nodeAddresses`: where node ports are, since IPVS knows no port without an address. */
  private host(name: string, props: { readonly podCidr: string; readonly nodeAddresses: string[] }): Host {
    return new Host(this, name, { ...lab.reach(name), ...props });
  }
}

if (require.main === module) {
  const app = new App();
  new ClusterIpIpvsExample(app, 'cluster-ip-ipvs');
  app.synth();
}
