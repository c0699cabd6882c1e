import { expect, test } from 'vitest';
import { PodMasqueradeExample } from '../../../examples/pod-masquerade/main';
import { testExample } from '../fixtures/example-tests';
import { sourceHeard } from '../fixtures/datagrams';

/** What Docker puts on a host that runs one container with a published port. */
const DOCKER = `
iptables -P FORWARD DROP
for chain in DOCKER DOCKER-ISOLATION-STAGE-1 DOCKER-USER; do iptables -N $chain; done
iptables -A FORWARD -j DOCKER-USER
iptables -A FORWARD -j DOCKER-ISOLATION-STAGE-1
iptables -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -A FORWARD -o docker0 -j DOCKER
iptables -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
iptables -A FORWARD -i docker0 -o docker0 -j ACCEPT
iptables -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
iptables -A DOCKER-ISOLATION-STAGE-1 -j RETURN
iptables -A DOCKER-USER -j RETURN
iptables -t nat -N DOCKER
iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
iptables -t nat -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
iptables -t nat -A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE
iptables -t nat -A DOCKER -i docker0 -j RETURN
iptables -t nat -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
`;

/** libvirt's, of a network that it routes and does not masquerade. */
const LIBVIRT = `
iptables -A FORWARD -i virbr0 -j ACCEPT
iptables -A FORWARD -o virbr0 -j ACCEPT
`;

const MASQUERADE = '"50-pod-masquerade pod-masquerade/pods"';
const POSTROUTING = 'iptables -t nat -A POSTROUTING';
const OURS = '-m comment --comment gatewright:default';

/** By way of which the server sees requests, and how many suffice where only one can answer. */
const NODE_1 = { sources: ['172.16.100.13'], count: 10 };
const NODE_2 = { sources: ['172.16.100.5'], count: 10 };

testExample({
  name: 'pod-masquerade',
  stack: PodMasqueradeExample,
  foreign: { node1: `${DOCKER}${LIBVIRT}` },
  probes: [
    { from: 'pod1', to: '10.244.1.2:80', servers: { pod2: 1 }, sources: ['10.244.0.2'], count: 10 },
    { from: 'pod1', to: '172.16.100.200:80', servers: { server: 1 }, ...NODE_1 },
    { from: 'pod2', to: '172.16.100.200:80', servers: { server: 1 }, ...NODE_2 },
    // From outside to a pod of the node itself; and to one of the other, which must answer by way of this node.
    { from: 'client', to: '10.244.0.2:80', servers: { pod1: 1 }, sources: ['172.16.100.100'], count: 10 },
    { from: 'client', to: '10.244.1.2:80', servers: { pod2: 1 }, ...NODE_1 },
    // Docker's container, and its published port.
    { from: 'container', to: '172.16.100.200:80', servers: { server: 1 }, ...NODE_1 },
    {
      from: 'server',
      to: '172.16.100.13:8080',
      servers: { container: 1 },
      sources: ['172.16.100.200'],
      count: 10,
    },
  ],
  whileDeployed: (example) => {
    test('multicast from an address of pods keeps it', async () => {
      const datagram = { from: 'node1', source: '10.244.0.1', device: '172.16.100.13', group: '239.255.0.1' };
      expect(await sourceHeard(example.lab, { on: 'server', device: '172.16.100.200' }, datagram)).toBe(
        '10.244.0.1',
      );
    });
  },
  drift: [
    {
      on: 'node1',
      hand: `iptables -t nat -D POSTROUTING -s 10.244.0.0/16 ! -d 224.0.0.0/4 -m comment --comment "flannel masq" ${OURS} -j MASQUERADE --random-fully`,
      shown: [
        `${MASQUERADE} + ${POSTROUTING} -s 10.244.0.0/16 ! -d 224.0.0.0/4 -m comment --comment "flannel masq" -j MASQUERADE --random-fully`,
      ],
    },
    {
      on: 'node1',
      hand: 'ip route replace 10.244.1.0/24 via 172.16.100.200 dev enp0s5',
      shown: [
        '"20-pod-routes" - ip route add 10.244.1.0/24 via 172.16.100.200 dev enp0s5',
        '"20-pod-routes" + ip route add 10.244.1.0/24 via 172.16.100.5 dev enp0s5',
      ],
    },
    {
      on: 'node1',
      hand: 'sysctl -q net.ipv4.ip_forward=0',
      shown: [
        '"10-ip-forward" - sysctl net.ipv4.ip_forward=0',
        '"10-ip-forward" + sysctl net.ipv4.ip_forward=1',
      ],
    },
    {
      on: 'node2',
      hand: `iptables -t nat -D POSTROUTING ! -s 10.244.0.0/16 -d 10.244.1.0/24 -m comment --comment "flanneld masq" ${OURS} -j RETURN
iptables -t nat -A POSTROUTING ! -s 10.244.0.0/16 -d 10.244.1.0/24 -m comment --comment "flanneld masq" ${OURS} -j RETURN`,
      shown: ['-', '+'].map(
        (sign) =>
          `${MASQUERADE} ${sign} ${POSTROUTING} ! -s 10.244.0.0/16 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully`,
      ),
    },
    {
      on: 'node2',
      hand: 'ip route del 10.244.0.0/24 via 172.16.100.13',
      shown: ['"20-pod-routes" + ip route add 10.244.0.0/24 via 172.16.100.13 dev enp0s5'],
    },
    {
      on: 'node2',
      hand: `iptables -D FORWARD -s 10.244.0.0/16 -m comment --comment "flanneld forward" ${OURS} -j ACCEPT`,
      shown: [
        '"30-pods-pass" + iptables -A FORWARD -s 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT',
      ],
    },
  ],
  change: {
    title: "a network of virtual machines that shall leave with the node's address too",
    to: ['172.16.20.0/24'],
    shown: ['node1', 'node2'].map(
      (node) =>
        `${node} ${MASQUERADE} + ${POSTROUTING} -s 172.16.20.0/24 ! -d 172.16.20.0/24 -j MASQUERADE --random-fully`,
    ),
    probes: [{ from: 'vm', to: '172.16.100.200:80', servers: { server: 1 }, ...NODE_1 }],
  },
});
