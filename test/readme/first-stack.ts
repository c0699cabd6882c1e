// The first stack of the README, type-checked as it stands there; readme.test.ts compares and synthesises it.
import { App, TerraformStack } from 'cdktf';
import { ClusterIpService, GatewrightProvider, Host, NodePortService } from '../../lib';

const app = new App();
const stack = new TerraformStack(app, 'gateway');
new GatewrightProvider(stack, 'gatewright', { user: 'admin' });
const one = new Host(stack, 'one', { address: '192.0.2.6', podCidr: '10.5.75.0/24' });
const two = new Host(stack, 'two', { address: '192.0.2.7', podCidr: '10.5.88.0/24' });
one.declare('20-nat', 'iptables -t nat -A POSTROUTING -s 10.5.75.0/24 -o eth0 -j MASQUERADE');
const endpoints = ['10.5.75.2', '10.5.88.2'].map((address) => ({ address, port: 3000 }));
const cluster = { hosts: [one, two], clusterIp: '10.100.100.1', port: 7070, endpoints };
const web = new ClusterIpService(stack, 'web', cluster);
new NodePortService(stack, 'web-node-port', { service: web, nodePort: 31080 });
app.synth();
