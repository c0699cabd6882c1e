import { ENDPOINTS, LoadBalancerExample } from '../../../examples/load-balancer/main';
import { testExample } from '../fixtures/example-tests';

const NODES = ['node1', 'node2'];
const NAME = 'zhongce-v2-0/testapi-smzdm-com';
const PART = `"50-service ${NAME}"`;
const NODE_PORT_PART = `"50-service ${NAME} node port"`;

const PODS = { pod1: 1, pod2: 1 };
/** The bridge to pod1 and eth0: what masquerading gives requests, by the endpoint that they were sent to. */
const NODE_1 = ['10.42.147.1', '10.42.8.102'];
const NODE_2 = ['10.42.38.1', '10.42.8.103'];

const SERVICE = 'GW-SVC-T4BWWUVYHYGJHKS6';
const POD_1 = 'GW-SEP-5QA63IINKNRTWU7A';
const POD_2 = 'GW-SEP-OTP7DYP2IAA2M4Z5';
const POD_3 = 'GW-SEP-CBDTJSIKHHU3QBPB';

/** Of the chain that balances, or of an endpoint's. */
function rule(chain: string, text: string): string {
  return `iptables -t nat -A ${chain} ${text}`;
}

function share(endpoint: string, chain: string, probability?: string): string {
  const chance = probability === undefined ? '' : `-m statistic --mode random --probability ${probability} `;
  return rule(SERVICE, `-m comment --comment "${NAME} -> ${endpoint}" ${chance}-j ${chain}`);
}

testExample({
  name: 'load-balancer',
  stack: LoadBalancerExample,
  probes: [
    { from: 'node1', to: '172.17.185.22:809', servers: PODS, sources: NODE_1 },
    // To itself by way of the node, to the other as it is: it came from a pod.
    { from: 'pod1', to: '172.17.185.22:809', servers: PODS, sources: ['10.42.147.1', '10.42.147.255'] },
    // The balancer itself would answer as elb; nobody asks it.
    { from: 'node1', to: '10.42.162.216:809', servers: PODS, sources: NODE_1 },
    { from: 'pod2', to: '10.42.162.216:809', servers: PODS, sources: NODE_2 },
    { from: 'client', to: '10.42.162.216:809', servers: { elb: 1 }, sources: ['10.42.200.7'], count: 10 },
    { from: 'client', to: '10.42.8.102:39746', servers: PODS, sources: NODE_1 },
    { from: 'client', to: '10.42.8.103:39746', servers: PODS, sources: NODE_2 },
  ],
  drift: [
    {
      on: 'node1',
      hand: 'sysctl -q net.ipv4.ip_forward=0',
      shown: [
        '"10-ip-forward" - sysctl net.ipv4.ip_forward=0',
        '"10-ip-forward" + sysctl net.ipv4.ip_forward=1',
      ],
    },
    {
      on: 'node1',
      hand: `iptables -t nat -D ${SERVICE} -m comment --comment "${NAME} -> 10.42.38.222:809" -j ${POD_2}`,
      shown: [`${PART} + ${share('10.42.38.222:809', POD_2)}`],
    },
    {
      on: 'node2',
      hand: `iptables -t nat -I ${POD_1} -p udp -j RETURN`,
      shown: [`"~unexpected" - ${rule(POD_1, '-p udp -j RETURN')}`],
    },
    {
      on: 'node2',
      hand: 'iptables -t nat -F GW-NODEPORTS',
      shown: [
        `${NODE_PORT_PART} + ${rule('GW-NODEPORTS', `-p tcp -m comment --comment "${NAME}" -m tcp --dport 39746 -j GW-EXT-T4BWWUVYHYGJHKS6`)}`,
      ],
    },
  ],
  change: {
    title: 'a third endpoint',
    to: [...ENDPOINTS, { address: '10.42.38.223', port: 809 }],
    shown: NODES.flatMap((node) =>
      [
        `- ${share('10.42.147.255:809', POD_1, '0.50000000000')}`,
        `- ${share('10.42.38.222:809', POD_2)}`,
        `+ ${share('10.42.147.255:809', POD_1, '0.33333333349')}`,
        `+ ${share('10.42.38.222:809', POD_2, '0.50000000000')}`,
        `+ ${share('10.42.38.223:809', POD_3)}`,
        `+ ${rule(POD_3, `-s 10.42.38.223/32 -j GW-MARK-MASQ`)}`,
        `+ ${rule(POD_3, `-p tcp -j DNAT --to-destination 10.42.38.223:809`)}`,
      ].map((line) => `${node} ${PART} ${line}`),
    ),
    probes: [
      { from: 'node2', to: '172.17.185.22:809', servers: { ...PODS, pod3: 1 }, sources: NODE_2, count: 60 },
    ],
  },
});
