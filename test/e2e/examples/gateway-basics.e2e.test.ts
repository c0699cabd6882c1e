import { expect, test } from 'vitest';
import { GatewayBasicsExample, WEB_SERVERS } from '../../../examples/gateway-basics/main';
import { sendRequests } from '../../../lib/cli/demo/requests';
import type { Example } from '../fixtures/example';
import { EXAMPLE_PROBES } from '../fixtures/example-probes';
import { testExample } from '../fixtures/example-tests';
import { holdConnections } from '../fixtures/held-connections';
import { onHost } from '../fixtures/observed-host';
import { expectAnswers } from '../fixtures/probe';

const CLIENT = { sources: ['192.168.50.100'], count: 10 };
function balanced(server: string, probability?: string): string {
  const chance = probability === undefined ? '' : ` -m statistic --mode random --probability ${probability}`;
  return `iptables -t nat -A PREROUTING -d 192.168.50.18 -p tcp --dport 8888${chance} -j DNAT --to-destination ${server}`;
}

/** The virtual server on the director. */
const LOCAL = '"50-virtual-server gateway-basics/local"';

function realServer(port: number, weight: number): string {
  return `ipvsadm -a -t 127.0.0.1:32016 -r 127.0.0.1:${port} -m -w ${weight}`;
}

testExample({
  name: 'gateway-basics',
  stack: GatewayBasicsExample,
  probes: EXAMPLE_PROBES['gateway-basics'],
  modules: ['ip_vs'],
  whileDeployed: testMore,
  drift: [
    {
      on: 'gateway',
      hand: 'iptables -P FORWARD ACCEPT',
      shown: ['"10-pass" - iptables -t filter -P FORWARD ACCEPT', '"10-pass" + iptables -P FORWARD DROP'],
    },
    {
      on: 'gateway',
      hand: 'ip address del 192.168.5.4/24 dev eth0',
      shown: ['"40-addresses" + ip addr add 192.168.5.4/24 dev eth0'],
    },
    {
      on: 'gateway',
      hand: 'iptables -R test 3 -j ACCEPT',
      shown: [
        '"~unexpected" - iptables -t filter -A test -j ACCEPT',
        '"50-direct" + iptables -A test -p tcp --dport 8000 -j DROP',
      ],
    },
    {
      on: 'gateway',
      hand: 'iptables -t nat -D PREROUTING 1',
      shown: [
        '"50-port-forward gateway-basics/to-itself" + iptables -t nat -I PREROUTING -d 192.168.50.18/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 192.168.50.18:8000',
      ],
    },
    {
      on: 'director',
      hand: 'ipvsadm -E -t 127.0.0.1:32016 -s lc',
      shown: [
        `${LOCAL} - ipvsadm -A -t 127.0.0.1:32016 -s lc`,
        `${LOCAL} + ipvsadm -A -t 127.0.0.1:32016 -s rr`,
      ],
    },
    {
      on: 'director',
      hand: 'ipvsadm -e -t 127.0.0.1:32016 -r 127.0.0.1:8000 -m -w 3',
      shown: [`${LOCAL} - ${realServer(8000, 3)}`, `${LOCAL} + ${realServer(8000, 1)}`],
    },
    {
      on: 'director',
      hand: 'ipvsadm -d -t 127.0.0.1:32016 -r 127.0.0.1:8001',
      shown: [`${LOCAL} + ${realServer(8001, 1)}`],
    },
    {
      on: 'director',
      hand: 'ipvsadm -a -t 127.0.0.1:32016 -r 127.0.0.1:8002 -m -w 3',
      shown: [`"~unexpected" - ${realServer(8002, 3)}`],
    },
  ],
  change: {
    title: 'a web server less',
    to: WEB_SERVERS.slice(0, 2),
    shown: [
      `- ${balanced('172.17.0.2:80', '0.33333333333')}`,
      `- ${balanced('172.17.0.3:80', '0.50000000000')}`,
      `- ${balanced('172.17.0.4:80')}`,
      `+ ${balanced('172.17.0.2:80', '0.50000000000')}`,
      `+ ${balanced('172.17.0.3:80')}`,
    ].map((line) => `gateway "40-balance" ${line}`),
    probes: [
      { from: 'client', to: '192.168.50.18:8888', servers: { web1: 1, web2: 1 }, sources: CLIENT.sources },
    ],
  },
});

function testMore(example: Example<readonly string[]>): void {
  test('a third connection to the limited port is answered with a reset, and one at a time is not', async () => {
    const to = '192.168.50.18:9090';
    expect(await holdConnections(example.lab, { from: 'client', to, count: 3 })).toEqual([
      'open',
      'open',
      'ECONNREFUSED',
    ]);
    expect(await holdConnections(example.lab, { from: 'client', to, count: 1 })).toEqual(['open']);
  });

  test('what asks for port 8000 itself is logged and dropped', async () => {
    const { failed } = await sendRequests(example.lab, {
      from: 'client',
      to: '192.168.50.18:8000',
      count: 1,
    });
    expect(failed).toBe(1);
    const counted = await onHost(example.lab, 'gateway', 'iptables', '-nvxL', 'test');
    expect(counted).toMatch(/^ +[1-9]\d* +\d+ LOG .*LOG flags 0 level 4 prefix "direct to 8000: "$/m);
    expect(counted).toMatch(/^ +[1-9]\d* +\d+ DROP /m);
  });

  test('sources of a range get addresses of that range', async () => {
    const answers = await sendRequests(example.lab, { from: 'vpn2', to: '192.168.5.100:80', count: 10 });
    expect(answers.failed).toBe(0);
    expect(['192.168.5.3', '192.168.5.4', '192.168.5.5']).toEqual(
      expect.arrayContaining([...answers.sources]),
    );
  });

  test('what went to a chain with -g does not come back to the rule that would accept it', async () => {
    const { failed } = await sendRequests(example.lab, { from: 'vpn1', to: '172.17.0.2:80', count: 1 });
    expect(failed).toBe(1);
  });

  test("the host's own packets into the overlay get the overlay's address, whatever address they had", async () => {
    const ask = ['curl', '-s', '--max-time', '3', '--interface', '192.168.50.18', 'http://10.52.0.9/'];
    expect(await onHost(example.lab, 'gateway', ...ask)).toBe('pod 10.52.0.1\n');
  });

  test('a virtual server on 127.0.0.1 sends connections to both local ports in turn', async () => {
    const ask = { from: 'director', to: '127.0.0.1:32016', servers: { director: 1 }, sources: ['127.0.0.1'] };
    await expectAnswers(example.lab, { ...ask, count: 10 });
    const listed = await onHost(example.lab, 'director', 'ipvsadm', '-Ln');
    const rows = [...listed.matchAll(/-> 127\.0\.0\.1:(\d+) +Masq +1 +(\d+) +(\d+)/g)];
    expect(rows.map(([, port, active, inactive]) => [port, Number(active) + Number(inactive)])).toEqual([
      ['8000', 5],
      ['8001', 5],
    ]);
  });
}
