// What a gateway's runbook is full of: forwarded ports, balancing by chance, limits, drops, logs, and translated sources.
import { App, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import {
  ConnectionLimit,
  GatewrightProvider,
  Host,
  PortForward,
  SourceNat,
  VirtualServer,
} from '../../lib/index';
import { LabInventory } from '../inventory';

const lab = new LabInventory('gateway-basics');

/** Where port 8888 is balanced to. */
export const WEB_SERVERS: readonly string[] = ['172.17.0.2:80', '172.17.0.3:80', '172.17.0.4:80'];

/** A port of every address that is the host's own: whatever device has it. */
const NODE_PORTS = [
  'iptables -t nat -N KUBE-SERVICES',
  'iptables -t nat -N KUBE-NODEPORTS',
  'iptables -t nat -A PREROUTING -j KUBE-SERVICES',
  'iptables -t nat -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
  'iptables -t nat -A KUBE-NODEPORTS -p tcp --dport 30080 -j DNAT --to-destination 172.17.0.2:80',
];

/** What the host itself sends into the overlay from an address of another device gets the overlay's; and a chain kept for later. */
const CALICO = [
  'iptables -t nat -N cali-POSTROUTING',
  'iptables -t nat -A POSTROUTING -j cali-POSTROUTING',
  'iptables -t nat -A cali-POSTROUTING -o vxlan.calico -m comment --comment "cali:e9dnSgSVNmIcpVhP" -m addrtype ! --src-type LOCAL --limit-iface-out -m addrtype --src-type LOCAL -j MASQUERADE',
  'iptables -t raw -N cali-PREROUTING',
  'iptables -t raw -A PREROUTING -m comment --comment "cali:6gwbT8clXdHdC1b1" -j cali-PREROUTING',
];

/** Packets that go to a chain (-g) do not come back behind the rule, as those that jump (-j) do: the last rule is never met. */
const VPN = [
  'iptables -N VPN',
  'iptables -A FORWARD -i tun0 -g VPN',
  'iptables -A VPN -o eth0 -j ACCEPT',
  'iptables -A FORWARD -i tun0 -o docker0 -j ACCEPT',
];

/** One gateway between a LAN (enp1s0), the world (eth0), a VPN (tun0), Docker's containers (docker0) and an overlay (vxlan.calico). */
export class GatewayBasicsExample extends TerraformStack {
  constructor(scope: Construct, id: string, webServers = WEB_SERVERS) {
    super(scope, id);
    new GatewrightProvider(this, 'gatewright', lab.login('gateway'));
    const gateway = new Host(this, 'gateway', lab.reach('gateway'));

    // Nothing passes but answers, what a rule here has sent elsewhere, and what containers send.
    gateway.declare('10-pass', [
      'iptables -P FORWARD DROP',
      'iptables -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
      'iptables -A FORWARD -m conntrack --ctstate DNAT -j ACCEPT',
      'iptables -A FORWARD -i docker0 -j ACCEPT',
    ]);

    this.forwardPorts(gateway);
    gateway.declare('40-balance', balance(8888, webServers));
    this.limitAndDrop(gateway);
    this.translateSources(gateway);
    gateway.declare('60-node-ports', NODE_PORTS);
    gateway.declare('60-calico', CALICO);
    gateway.declare('60-vpn', VPN);

    this.balanceInKernel(new Host(this, 'director', lab.reach('director')));
  }

  private forwardPorts(host: Host): void {
    const address = '192.168.50.18';
    new PortForward(this, 'to-itself', { host, from: { address, port: 80 }, to: { address, port: 8000 } });
    new PortForward(this, 'to-container', {
      host,
      from: { port: 8080, device: 'enp1s0' },
      to: { address: '172.17.0.2', port: 80 },
    });
  }

  private limitAndDrop(host: Host): void {
    new ConnectionLimit(this, 'limit', { host, port: 9090, above: 2, rejectWith: 'tcp-reset' });
    // INPUT sees the port behind the translation: a plain DROP of port 8000 would drop what came for port 80 too.
    host.declare('50-direct', [
      'iptables -N test',
      'iptables -A INPUT -p tcp --dport 8000 -j test',
      'iptables -A test -m conntrack --ctstate DNAT -j RETURN',
      'iptables -A test -m limit --limit 5/min -j LOG --log-prefix "direct to 8000: "',
      'iptables -A test -p tcp --dport 8000 -j DROP',
    ]);
  }

  /** Round robin over two ports of the host itself, where 127.0.0.1 can only lead. */
  private balanceInKernel(host: Host): void {
    const address = '127.0.0.1';
    const realServers = [8000, 8001].map((port) => ({ address, port }));
    new VirtualServer(this, 'local', { host, address, port: 32016, scheduler: 'rr', realServers });
  }

  private translateSources(host: Host): void {
    host.declare('40-addresses', [
      'ip addr add 192.168.5.3/24 dev eth0',
      'ip addr add 192.168.5.4/24 dev eth0',
      'ip addr add 192.168.5.5/24 dev eth0',
    ]);
    const device = 'eth0';
    new SourceNat(this, 'one', { host, source: '10.8.0.0/26', device, to: '192.168.5.3' });
    new SourceNat(this, 'range', { host, source: '10.8.0.64/26', device, to: '192.168.5.3-192.168.5.5' });
    new SourceNat(this, 'masquerade', { host, source: '10.8.0.128/25', device });
  }
}

/** Of n servers the i-th gets 1/(n-i+1) of what those before it left: each gets the same share of all. */
function balance(port: number, servers: readonly string[]): string[] {
  const share = (index: number): string => {
    const chance = 1 / (servers.length - index);
    return chance === 1 ? '' : ` -m statistic --mode random --probability ${chance.toFixed(11)}`;
  };
  return servers.map(
    (server, index) =>
      `iptables -t nat -A PREROUTING -d 192.168.50.18 -p tcp --dport ${port}${share(index)} -j DNAT --to-destination ${server}`,
  );
}

if (require.main === module) {
  const app = new App();
  new GatewayBasicsExample(app, 'gateway-basics');
  app.synth();
}
