// kube-proxy's work done by hand: the lines of a runbook, pasted into parts. What it did once, a plan now compares with the host.
import { App, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { GatewrightProvider, Host } from '../../lib/index';
import { LabInventory } from '../inventory';
import { CHAINS, LEFT_BEHIND, OWN_SERVICE_IP, POSTROUTING, REAL_SERVERS, SERVICES } from './runbook';

const lab = new LabInventory('kube-proxy-by-hand');

/** One node without kube-proxy. */
export class KubeProxyByHandExample extends TerraformStack {
  /** `realServers`: what stands behind the cluster IP, as lines. */
  constructor(scope: Construct, id: string, realServers = REAL_SERVERS) {
    super(scope, id);
    new GatewrightProvider(this, 'gatewright', lab.login('node'));

    const node = new Host(this, 'node', lab.reach('node'));
    node.declare('20-chains', CHAINS);
    node.declare('30-services', SERVICES);
    node.declare('40-postrouting', POSTROUTING);
    node.declare('50-cluster-ip', LEFT_BEHIND);
    node.declare('60-real-servers', realServers);
    node.declare('70-own-service-ip', OWN_SERVICE_IP);
  }
}

if (require.main === module) {
  const app = new App();
  new KubeProxyByHandExample(app, 'kube-proxy-by-hand');
  app.synth();
}
