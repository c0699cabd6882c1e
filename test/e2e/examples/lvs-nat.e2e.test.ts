import { expect, test } from 'vitest';
import { LvsNatExample } from '../../../examples/lvs-nat/main';
import { EXAMPLE_PROBES } from '../fixtures/example-probes';
import { testExample } from '../fixtures/example-tests';
import { onHost } from '../fixtures/observed-host';

const PART = '"50-virtual-server lvs-nat/web"';
const VIP = '192.168.2.110:80';
/** Nobody translates it: real servers see who asks. */
const CLIENT = ['192.168.2.254'];
const WEB_2_ROUTE = '"50-real-server-route lvs-nat/web2-route"';

testExample({
  name: 'lvs-nat',
  stack: LvsNatExample,
  modules: ['ip_vs'],
  probes: EXAMPLE_PROBES['lvs-nat'],
  whileDeployed: (example) => {
    test.each([
      ['what a real server answers as such goes to the director', ['from', '192.168.1.2'], 'via 192.168.1.9'],
      ['what it sends by another address goes where it went before', [], 'via 192.168.1.254'],
    ])('%s', async (_title, words, way) => {
      expect(await onHost(example.lab, 'web1', 'ip', 'route', 'get', '192.168.2.254', ...words)).toContain(
        way,
      );
    });
  },
  drift: [
    {
      on: 'web1',
      hand: 'ip route del default table 80',
      shown: ['"50-real-server-route lvs-nat/web1-route" + ip route add default via 192.168.1.9 table 80'],
    },
    {
      on: 'web2',
      hand: 'ip route replace default via 192.168.1.254 table 80',
      shown: [
        `${WEB_2_ROUTE} - ip route add default via 192.168.1.254 dev eth0 table 80`,
        `${WEB_2_ROUTE} + ip route add default via 192.168.1.9 table 80`,
      ],
    },
    {
      on: 'web2',
      hand: 'ip rule del pref 1000',
      shown: [`${WEB_2_ROUTE} + ip rule add pref 1000 from 192.168.1.3 lookup 80`],
    },
    {
      on: 'director',
      hand: `ipvsadm -D -t ${VIP}`,
      shown: [
        `${PART} + ipvsadm -A -t ${VIP} -s rr`,
        `${PART} + ipvsadm -a -t ${VIP} -r 192.168.1.2:80 -m -w 1`,
        `${PART} + ipvsadm -a -t ${VIP} -r 192.168.1.3:80 -m -w 1`,
      ],
    },
  ],
  change: {
    title: 'a real server that rests',
    to: [{ address: '192.168.1.2' }, { address: '192.168.1.3', weight: 0 }],
    shown: [
      `director ${PART} - ipvsadm -a -t ${VIP} -r 192.168.1.3:80 -m -w 1`,
      `director ${PART} + ipvsadm -a -t ${VIP} -r 192.168.1.3:80 -m -w 0`,
    ],
    probes: [{ from: 'client', to: VIP, servers: { web1: 1 }, sources: CLIENT, count: 10 }],
  },
});
