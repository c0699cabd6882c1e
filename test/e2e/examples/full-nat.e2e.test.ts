import { FullNatExample } from '../../../examples/full-nat/main';
import { EXAMPLE_PROBES } from '../fixtures/example-probes';
import { testExample } from '../fixtures/example-tests';

const PART = '"50-full-nat full-nat/web"';
const VIP = '182.16.100.101:8888';
/** The gateway's own address in the real servers' network: what masquerading makes of every client. */
const GATEWAY = ['172.16.100.13'];

function realServer(address: string, weight: number): string {
  return `ipvsadm -a -t ${VIP} -r ${address}:80 -m -w ${weight}`;
}

testExample({
  name: 'full-nat',
  stack: FullNatExample,
  modules: ['ip_vs'],
  // Its policy is its owner's: what is served passes by a rule, and what is not still does not pass.
  foreign: { gateway: 'iptables -P FORWARD DROP' },
  probes: EXAMPLE_PROBES['full-nat'],
  drift: [
    {
      on: 'gateway',
      hand: `ipvsadm -d -t ${VIP} -r 172.16.100.6:80`,
      shown: [`${PART} + ${realServer('172.16.100.6', 1)}`],
    },
    {
      on: 'gateway',
      hand: `ipvsadm -e -t ${VIP} -r 172.16.100.5:80 -m -w 7`,
      shown: [`${PART} - ${realServer('172.16.100.5', 7)}`, `${PART} + ${realServer('172.16.100.5', 1)}`],
    },
    {
      on: 'gateway',
      hand: `ipvsadm -a -t ${VIP} -r 172.16.100.50:80 -m`,
      shown: [`"~unexpected" - ${realServer('172.16.100.50', 1)}`],
    },
    {
      on: 'gateway',
      hand: `ipvsadm -E -t ${VIP} -s lc`,
      shown: [`${PART} - ipvsadm -A -t ${VIP} -s lc`, `${PART} + ipvsadm -A -t ${VIP} -s rr`],
    },
    {
      on: 'gateway',
      hand: 'ip addr del 182.16.100.101/24 dev enp0s5',
      shown: [`${PART} + ip addr add 182.16.100.101/24 dev enp0s5`],
    },
    {
      on: 'gateway',
      hand: 'sysctl -q net.ipv4.vs.conntrack=0',
      shown: [
        '"10-ipvs-conntrack" - sysctl net.ipv4.vs.conntrack=0',
        '"10-ipvs-conntrack" + sysctl net.ipv4.vs.conntrack=1',
      ],
    },
    {
      on: 'gateway',
      hand: 'iptables -t nat -D POSTROUTING 1',
      shown: [
        `${PART} + iptables -t nat -I POSTROUTING -m ipvs --vproto 6 --vaddr 182.16.100.101 --vport 8888 --vmethod MASQ -j MASQUERADE --random-fully`,
      ],
    },
  ],
  change: {
    title: 'shares of three to one',
    to: {
      scheduler: 'wrr',
      realServers: [
        { address: '172.16.100.5', port: 80, weight: 3 },
        { address: '172.16.100.6', port: 80 },
      ],
    },
    shown: [
      `gateway ${PART} - ipvsadm -A -t ${VIP} -s rr`,
      `gateway ${PART} + ipvsadm -A -t ${VIP} -s wrr`,
      `gateway ${PART} - ${realServer('172.16.100.5', 1)}`,
      `gateway ${PART} + ${realServer('172.16.100.5', 3)}`,
    ],
    probes: [{ from: 'client', to: VIP, servers: { web1: 3, web2: 1 }, sources: GATEWAY }],
  },
});
