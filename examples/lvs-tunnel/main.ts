// LVS by tunnel: the director wraps packets into IPIP for real servers of any network, and real servers answer clients themselves.
import { App, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { GatewrightProvider, Host, TunnelRealServer, VirtualServer } from '../../lib/index';
import { LabInventory } from '../inventory';

const lab = new LabInventory('lvs-tunnel');

const VIP = '192.168.2.110';

/** The shares of the two real servers. */
export interface Weights {
  readonly web1: number;
  readonly web2: number;
}

/** A director, and two real servers in another network than the VIP. */
export class LvsTunnelExample extends TerraformStack {
  constructor(scope: Construct, id: string, weights: Weights = { web1: 1, web2: 1 }) {
    super(scope, id);
    new GatewrightProvider(this, 'gatewright', lab.login('director'));

    new VirtualServer(this, 'web', {
      host: this.host('director'),
      address: VIP,
      port: 80,
      scheduler: 'wrr',
      realServers: [
        { address: '192.168.1.2', forward: 'tunnel', weight: weights.web1 },
        { address: '192.168.1.3', forward: 'tunnel', weight: weights.web2 },
      ],
      bindTo: 'eth0',
    });
    // They unwrap what comes by tunl0, and have the VIP there.
    for (const name of ['web1', 'web2'])
      new TunnelRealServer(this, `${name}-vip`, { host: this.host(name), vip: VIP });
  }

  private host(name: string): Host {
    return new Host(this, name, lab.reach(name));
  }
}

if (require.main === module) {
  const app = new App();
  new LvsTunnelExample(app, 'lvs-tunnel');
  app.synth();
}
