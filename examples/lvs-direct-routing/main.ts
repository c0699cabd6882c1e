// LVS by direct routing: the director passes packets on to a real server's MAC address, and real servers answer clients themselves.
import { App, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { DirectRoutingRealServer, GatewrightProvider, Host, VirtualServer } from '../../lib/index';
import { LabInventory } from '../inventory';

const lab = new LabInventory('lvs-direct-routing');

const VIP = '192.168.2.110';

/** The shares of the two real servers. */
export interface Weights {
  readonly web1: number;
  readonly web2: number;
}

/** A director, two real servers and their clients in one network. */
export class LvsDirectRoutingExample extends TerraformStack {
  constructor(scope: Construct, id: string, weights: Weights = { web1: 1, web2: 1 }) {
    super(scope, id);
    new GatewrightProvider(this, 'gatewright', lab.login('director'));

    new VirtualServer(this, 'web', {
      host: this.host('director'),
      address: VIP,
      port: 80,
      scheduler: 'wrr',
      realServers: [
        { address: '192.168.2.2', forward: 'dr', weight: weights.web1 },
        { address: '192.168.2.3', forward: 'dr', weight: weights.web2 },
      ],
      bindTo: 'eth0',
    });
    // They have the VIP too, and tell nobody.
    for (const name of ['web1', 'web2'])
      new DirectRoutingRealServer(this, `${name}-vip`, { host: this.host(name), vip: VIP });
  }

  private host(name: string): Host {
    return new Host(this, name, lab.reach(name));
  }
}

if (require.main === module) {
  const app = new App();
  new LvsDirectRoutingExample(app, 'lvs-direct-routing');
  app.synth();
}
