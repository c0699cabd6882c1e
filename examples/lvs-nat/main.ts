// LVS by nat: the director translates the destination alone, so real servers see their clients, and answer by way of the director.
import { App, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { GatewrightProvider, Host, type RealServer, RealServerRoute, VirtualServer } from '../../lib/index';
import { LabInventory } from '../inventory';

const lab = new LabInventory('lvs-nat');

/** The director's address in the real servers' network, DIP. */
const DIRECTOR = '192.168.1.9';

const REAL_SERVERS: readonly RealServer[] = [{ address: '192.168.1.2' }, { address: '192.168.1.3' }];

/** A director, and two real servers whose default route leads elsewhere. */
export class LvsNatExample extends TerraformStack {
  constructor(scope: Construct, id: string, realServers = REAL_SERVERS) {
    super(scope, id);
    new GatewrightProvider(this, 'gatewright', lab.login('director'));

    new VirtualServer(this, 'web', {
      host: this.host('director'),
      address: '192.168.2.110',
      port: 80,
      scheduler: 'rr',
      realServers,
      bindTo: 'eth0',
    });
    // What they send as real servers goes back to the director; all else goes where it went before.
    new RealServerRoute(this, 'web1-route', {
      host: this.host('web1'),
      realServerAddress: '192.168.1.2',
      director: DIRECTOR,
    });
    new RealServerRoute(this, 'web2-route', {
      host: this.host('web2'),
      realServerAddress: '192.168.1.3',
      director: DIRECTOR,
    });
  }

  private host(name: string): Host {
    return new Host(this, name, lab.reach(name));
  }
}

if (require.main === module) {
  const app = new App();
  new LvsNatExample(app, 'lvs-nat');
  app.synth();
}
