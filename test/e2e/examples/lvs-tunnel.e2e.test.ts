import { expect, test } from 'vitest';
import { LvsTunnelExample } from '../../../examples/lvs-tunnel/main';
import { sendRequests } from '../../../lib/cli/demo/requests';
import { EXAMPLE_PROBES } from '../fixtures/example-probes';
import { testExample } from '../fixtures/example-tests';
import { onHost } from '../fixtures/observed-host';

const PART = '"50-virtual-server lvs-tunnel/web"';
const VIP = '192.168.2.110:80';
const CLIENT = ['192.168.2.254'];

function realServer(address: string, weight: number): string {
  return `ipvsadm -a -t ${VIP} -r ${address}:80 -i -w ${weight} --tun-type ipip`;
}

// Seen on a real server, in the order of these rules: wrapped by the director, not wrapped, and unwrapped.
const COUNT = `
iptables -t raw -A PREROUTING -i eth0 -p ipencap -s 192.168.1.9 -d 192.168.1.2
iptables -t raw -A PREROUTING -i eth0 -d 192.168.2.110
iptables -t raw -A PREROUTING -i tunl0 -s 192.168.2.254 -d 192.168.2.110
`;
const READ = 'iptables -t raw -vnxL PREROUTING; iptables -t raw -F PREROUTING';

testExample({
  name: 'lvs-tunnel',
  stack: LvsTunnelExample,
  // Else ipip would leave a device behind that was not there before.
  modules: ['ip_vs', 'ipip'],
  probes: EXAMPLE_PROBES['lvs-tunnel'],
  whileDeployed: (example) => {
    test('packets reach a real server wrapped by the director, none as they are, and come out of tunl0', async () => {
      await onHost(example.lab, 'web1', 'sh', '-ec', COUNT);
      await sendRequests(example.lab, { from: 'client', to: VIP, count: 10 });
      const listed = await onHost(example.lab, 'web1', 'sh', '-ec', READ);
      const [wrapped, bare, unwrapped] = listed
        .split('\n')
        .slice(2)
        .map((line) => Number.parseInt(line, 10));
      expect(wrapped).toBeGreaterThanOrEqual(5);
      expect(bare).toBe(0);
      expect(unwrapped).toBe(wrapped);
    });
  },
  drift: [
    { on: 'web1', hand: 'ip link set tunl0 down', shown: ['"10-tunl0" + ip link set tunl0 up'] },
    {
      on: 'web2',
      hand: 'ip addr flush dev tunl0',
      shown: ['"50-real-server lvs-tunnel/web2-vip" + ip addr add 192.168.2.110/32 dev tunl0'],
    },
    {
      on: 'web2',
      hand: 'sysctl -q net.ipv4.conf.tunl0.rp_filter=1',
      shown: [
        '"10-tunl0" - sysctl net.ipv4.conf.tunl0.rp_filter=1',
        '"10-tunl0" + sysctl net.ipv4.conf.tunl0.rp_filter=0',
      ],
    },
    {
      on: 'director',
      hand: `ipvsadm -d -t ${VIP} -r 192.168.1.2:80`,
      shown: [`${PART} + ${realServer('192.168.1.2', 1)}`],
    },
  ],
  change: {
    title: 'shares of three to one',
    to: { web1: 3, web2: 1 },
    shown: [
      `director ${PART} - ${realServer('192.168.1.2', 1)}`,
      `director ${PART} + ${realServer('192.168.1.2', 3)}`,
    ],
    probes: [{ from: 'client', to: VIP, servers: { web1: 3, web2: 1 }, sources: CLIENT }],
  },
});
