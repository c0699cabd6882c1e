import { expect, test } from 'vitest';
import { LvsDirectRoutingExample } from '../../../examples/lvs-direct-routing/main';
import type { Example } from '../fixtures/example';
import { EXAMPLE_PROBES } from '../fixtures/example-probes';
import { testExample } from '../fixtures/example-tests';
import { onHost } from '../fixtures/observed-host';

const PART = '"50-virtual-server lvs-direct-routing/web"';
const VIP = '192.168.2.110';
const SERVER = `${VIP}:80`;
const CLIENT = ['192.168.2.254'];
const HOSTS = ['director', 'web1', 'web2'];

type Scene = Pick<Example<unknown>, 'lab' | 'byHand'>;

testExample({
  name: 'lvs-direct-routing',
  stack: LvsDirectRoutingExample,
  modules: ['ip_vs'],
  probes: EXAMPLE_PROBES['lvs-direct-routing'],
  whileDeployed: (example) => {
    test('asked whose the VIP is, the director alone answers, and with real servers that are not quiet it would not', async () => {
      expect(await whoseVip(example)).toEqual(['director']);
      for (const name of ['web1', 'web2'])
        await example.byHand(name, 'sysctl -q net.ipv4.conf.all.arp_ignore=0');
      expect(await whoseVip(example)).not.toEqual(['director']);
      for (const name of ['web1', 'web2'])
        await example.byHand(name, 'sysctl -q net.ipv4.conf.all.arp_ignore=1');
      // It forgets what it has learnt.
      expect(await whoseVip(example)).toEqual(['director']);
    });

    test('answers come straight from the real servers, and none by way of the director', async () => {
      const [director, ...realServers] = await answersFrom(example);
      expect(director).toBe(0);
      expect(realServers).toHaveLength(2);
      for (const packets of realServers) expect(packets).toBeGreaterThan(0);
    });
  },
  drift: [
    {
      on: 'web1',
      hand: `ip addr del ${VIP}/32 dev lo`,
      shown: [`"50-real-server lvs-direct-routing/web1-vip" + ip addr add ${VIP}/32 dev lo`],
    },
    {
      on: 'web2',
      hand: 'sysctl -q net.ipv4.conf.all.arp_ignore=0',
      shown: [
        '"10-quiet-arp" - sysctl net.ipv4.conf.all.arp_ignore=0',
        '"10-quiet-arp" + sysctl net.ipv4.conf.all.arp_ignore=1',
      ],
    },
    {
      on: 'director',
      hand: `ipvsadm -e -t ${SERVER} -r 192.168.2.2:80 -m`,
      shown: [
        `${PART} - ipvsadm -a -t ${SERVER} -r 192.168.2.2:80 -m -w 1`,
        `${PART} + ipvsadm -a -t ${SERVER} -r 192.168.2.2:80 -g -w 1`,
      ],
    },
  ],
  change: {
    title: 'shares of one to three',
    to: { web1: 1, web2: 3 },
    shown: [
      `director ${PART} - ipvsadm -a -t ${SERVER} -r 192.168.2.3:80 -g -w 1`,
      `director ${PART} + ipvsadm -a -t ${SERVER} -r 192.168.2.3:80 -g -w 3`,
    ],
    probes: [{ from: 'client', to: SERVER, servers: { web1: 1, web2: 3 }, sources: CLIENT }],
  },
});

/** Who of the hosts the client has learnt the VIP to be, asking anew for each of ten requests. */
async function whoseVip({ lab }: Scene): Promise<string[]> {
  const loop = `
    i=0; while [ $i -lt 10 ]; do
      ip neigh flush to "$0"; curl -s --max-time 3 "http://$0/" > /dev/null
      ip neigh show "$0"; i=$((i+1))
    done`;
  const learnt = await onHost(lab, 'client', 'sh', '-c', loop, VIP);
  const names = new Map(
    await Promise.all(HOSTS.map(async (name) => [await macOf(lab, name), name] as const)),
  );
  return [...new Set([...learnt.matchAll(/lladdr (\S+)/g)].map(([, mac = '']) => names.get(mac) ?? mac))];
}

/** Packets of the VIP that the client gets from the MAC address of each of the hosts. */
async function answersFrom({ lab }: Scene): Promise<number[]> {
  const loop = `
    for mac in "$@"; do iptables -A INPUT -s "$0" -m mac --mac-source "$mac"; done
    i=0; while [ $i -lt 10 ]; do curl -s --max-time 3 "http://$0/" > /dev/null; i=$((i+1)); done
    iptables -vnxL INPUT
    iptables -F INPUT`;
  const macs = await Promise.all(HOSTS.map((name) => macOf(lab, name)));
  const listed = await onHost(lab, 'client', 'sh', '-ec', loop, VIP, ...macs);
  return listed
    .split('\n')
    .slice(2)
    .flatMap((line) => (line === '' ? [] : [Number.parseInt(line, 10)]));
}

async function macOf(lab: Scene['lab'], name: string): Promise<string> {
  const printed = await onHost(lab, name, 'ip', '-o', 'link', 'show', 'eth0');
  return /link\/ether (\S+)/.exec(printed)?.[1] ?? '';
}
