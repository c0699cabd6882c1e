// A virtual IP on a gateway, with real servers in another network that know nothing of it; clients of every network are served.
import { App, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { FullNatVip, type FullNatVipProps, GatewrightProvider, Host } from '../../lib/index';
import { LabInventory } from '../inventory';

const lab = new LabInventory('full-nat');

/** What is edited most often: how connections are shared, and among whom. */
export type Balancing = Pick<FullNatVipProps, 'scheduler' | 'realServers'>;

const IN_TURN: Balancing = {
  scheduler: 'rr',
  realServers: [
    { address: '172.16.100.5', port: 80 },
    { address: '172.16.100.6', port: 80 },
  ],
};

/** One gateway, one VIP. */
export class FullNatExample extends TerraformStack {
  constructor(scope: Construct, id: string, balancing = IN_TURN) {
    super(scope, id);
    new GatewrightProvider(this, 'gatewright', lab.login('gateway'));

    // A real server that is taken out of the list keeps its connections for so long, and gets no new ones.
    const host = new Host(this, 'gateway', { ...lab.reach('gateway'), drainTimeoutSeconds: 5 });
    new FullNatVip(this, 'web', {
      host,
      vip: '182.16.100.101/24',
      device: 'enp0s5',
      port: 8888,
      ...balancing,
    });
  }
}

if (require.main === module) {
  const app = new App();
  new FullNatExample(app, 'full-nat');
  app.synth();
}
