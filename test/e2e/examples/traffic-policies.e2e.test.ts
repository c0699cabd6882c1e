import { describe, expect, test } from 'vitest';
import { ENDPOINTS, TrafficPoliciesExample } from '../../../examples/traffic-policies/main';
import { sendRequests } from '../../../lib/cli/demo/requests';
import { testExample } from '../fixtures/example-tests';

const SHOP = '"50-service example/shop:http"';
const SVC = 'GW-SVC-CLFJMZO43ARO24XZ';
const SVL = 'GW-SVL-CLFJMZO43ARO24XZ';
const WEB_1 = 'GW-SEP-SZZG6273Y32DMA75';
const WEB_2 = 'GW-SEP-UMT37EL2BOY3MMGQ';
const WEB_3 = 'GW-SEP-2NCCIPDNG2K4DUHC';

const ALL = { web1: 1, web2: 1, web3: 1 };
const OF_NODE_2 = { web2: 1, web3: 1 };

function rule(chain: string, text: string): string {
  return `iptables -t nat -A ${chain} ${text}`;
}

function share(chain: string, endpoint: string, target: string, probability?: string): string {
  const chance = probability === undefined ? '' : `-m statistic --mode random --probability ${probability} `;
  return rule(chain, `-m comment --comment "example/shop:http -> ${endpoint}:3000" ${chance}-j ${target}`);
}

/** What goes with an endpoint. */
function chainOf(endpoint: string, target: string): readonly string[] {
  return [
    rule(target, `-s ${endpoint}/32 -j GW-MARK-MASQ`),
    rule(target, `-p tcp -j DNAT --to-destination ${endpoint}:3000`),
  ];
}

testExample({
  name: 'traffic-policies',
  stack: TrafficPoliciesExample,
  probes: [
    // The balancer sends it to node2: to its own pods, which see who asks.
    { from: 'client', to: '203.0.113.10:80', servers: OF_NODE_2, sources: ['192.168.1.100'] },
    { from: 'client', to: '[2001:db8::10]:80', servers: OF_NODE_2, sources: ['fd00:1::100'] },
    { from: 'client', to: '192.168.1.6:30080', servers: { web1: 1 }, sources: ['192.168.1.100'], count: 10 },
    { from: 'client', to: '[fd00:1::6]:30080', servers: { web1: 1 }, sources: ['fd00:1::100'], count: 10 },
    { from: 'client', to: '192.168.1.7:32080', servers: { node2: 1 }, sources: ['192.168.1.100'], count: 10 },
    // Pods and nodes reach all pods by the balancer's address, and themselves by way of the node.
    { from: 'web1', to: '203.0.113.10:80', servers: ALL, sources: ['10.5.75.1', '10.5.75.2'] },
    { from: 'node1', to: '203.0.113.10:80', servers: ALL, sources: ['10.5.75.1', '192.168.1.6'] },
    { from: 'node1', to: '[fd00:96::10]:80', servers: ALL, sources: ['fd00:1::6', 'fd05:75::1'] },
    // Sessions are asked on the own node.
    { from: 'web2', to: '10.96.0.11:80', servers: OF_NODE_2, sources: ['10.5.88.1', '10.5.88.2'] },
    { from: 'web1', to: '[fd00:96::11]:80', servers: { web1: 1 }, sources: ['fd05:75::1'], count: 10 },
  ],
  whileDeployed: (example) => {
    describe('a basket', () => {
      test.each(['10.96.0.12:80', '[fd00:96::12]:80'])(
        'at %s is kept by the pod that a client met first',
        async (to) => {
          const kept = ['web1', 'web2', 'web3', 'node2'].map(async (from) => {
            const { byServer, failed } = await sendRequests(example.lab, { from, to, count: 15 });
            expect(failed, from).toBe(0);
            expect([...byServer.values()], from).toEqual([15]);
          });
          await Promise.all(kept);
        },
      );
    });
  },
  drift: [
    {
      on: 'node1',
      hand: `iptables -t nat -F ${SVL}`,
      shown: [`${SHOP} + ${share(SVL, '10.5.75.2', WEB_1)}`],
    },
    {
      on: 'node2',
      hand: 'ip6tables -t nat -F GW-NODEPORTS',
      shown: [
        '"50-service example/shop:http node port" + ip6tables -t nat -A GW-NODEPORTS -p tcp -m comment --comment "example/shop:http" -m tcp --dport 30080 -j GW-EXT-CLFJMZO43ARO24XZ',
      ],
    },
    {
      on: 'node2',
      hand: 'sysctl -q net.ipv6.conf.all.forwarding=0',
      shown: [
        '"10-ip6-forward" - sysctl net.ipv6.conf.all.forwarding=0',
        '"10-ip6-forward" + sysctl net.ipv6.conf.all.forwarding=1',
      ],
    },
  ],
  change: {
    title: 'a pod that is on its way out',
    to: ENDPOINTS.map((endpoint) =>
      endpoint.address === '10.5.88.3' ? { ...endpoint, terminating: true } : endpoint,
    ),
    shown: ['node1', 'node2'].flatMap((node) =>
      [
        `- ${share(SVC, '10.5.75.2', WEB_1, '0.33333333349')}`,
        `+ ${share(SVC, '10.5.75.2', WEB_1, '0.50000000000')}`,
        `- ${share(SVC, '10.5.88.2', WEB_2, '0.50000000000')}`,
        `+ ${share(SVC, '10.5.88.2', WEB_2)}`,
        `- ${share(SVC, '10.5.88.3', WEB_3)}`,
        ...chainOf('10.5.88.3', WEB_3).map((line) => `- ${line}`),
        ...(node === 'node1'
          ? []
          : [
              `- ${share(SVL, '10.5.88.2', WEB_2, '0.50000000000')}`,
              `+ ${share(SVL, '10.5.88.2', WEB_2)}`,
              `- ${share(SVL, '10.5.88.3', WEB_3)}`,
            ]),
      ].map((line) => `${node} ${SHOP} ${line}`),
    ),
    probes: [
      { from: 'client', to: '203.0.113.10:80', servers: { web2: 1 }, sources: ['192.168.1.100'], count: 10 },
      { from: 'client', to: '[2001:db8::10]:80', servers: OF_NODE_2, sources: ['fd00:1::100'] },
    ],
  },
});
