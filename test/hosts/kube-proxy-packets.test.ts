// The flows of kube-proxy's own tests, and of cases that those leave out, as real packets through a node that the services were applied
// to, with both back-ends of iptables.
import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { ClusterIpService, LoadBalancerService, NodePortService } from '../../lib/index';
import { newHost, newStack, synthesize } from '../constructs/stacks';
import { readCases } from '../services/kube-proxy-case';
import { kubeProxyHosts } from './fixtures/kube-proxy-lab';
import { expectCase, expectFlows } from './fixtures/kube-proxy-packets';
import type { Node } from './fixtures/kube-proxy-packets';
import { LabScenario } from './fixtures/lab-scenario';
import { flows, own, OWN_CASES } from './fixtures/own-service-cases';

vi.setConfig({ testTimeout: 60_000 });
const KINDS = ['nft', 'legacy'] as const;
const hosts = kubeProxyHosts(KINDS);
const CASES = readCases('kube-proxy').filter(([, { flows: sent = [] }]) => sent.length > 0);

describe.each(KINDS)('with iptables-%s', (kind) => {
  let scenario: LabScenario;
  const on = (): Node => ({ lab: hosts.run.lab, node: hosts.node(kind), scenario });
  beforeAll(() => {
    scenario = new LabScenario(hosts.run.lab, `${kind}-node`);
  });
  afterAll(() => scenario.close());

  test.each([...CASES, ...OWN_CASES])('%s', async (_name, given) => {
    await expectCase(on(), given);
  });

  test('what a neighbour sends to 127.0.0.1 reaches nothing there, where node ports are open at it', async () => {
    const given = own({ config: { localhostNodePorts: true } });
    const [daemon] = flows(['a daemon at 127.0.0.1', '203.0.113.2 tcp 127.0.0.1 30000', 'DROP']);
    if (daemon === undefined) throw new Error('no flow');
    await hosts.run.lab.exec(`${kind}-outside`, ['sh', '-ec', LEADS_LOOPBACK_OUT]);
    await expectCase(on(), { ...given, flows: [daemon] });
    const opened = { ...daemon, expect: { output: 'ACCEPT', masquerade: false } };
    const hole = 'iptables -I INPUT -d 127.0.0.0/8 -j ACCEPT';
    await expectCase(on(), { ...given, flows: [opened], beside: { '99-hole': hole } });
  });

  test('one construct for both families', async () => {
    await scenario.apply(dualStack());
    const BOTH = '10.180.0.1:80, 10.180.2.1:80';
    const BOTH_6 = '[fd00:10:180::1]:80, [fd00:10:180::2:1]:80';
    await expectFlows(
      on(),
      flows(
        ['a pod by IPv4', '10.0.0.2 tcp 172.30.0.41 80', BOTH],
        ['a pod by IPv6', 'fd00:10::2 tcp fd00:172:30::41 80', BOTH_6],
        ['who is outside by IPv4', '203.0.113.2 tcp 172.30.0.41 80', BOTH, true],
        ['who is outside by IPv6', '2600:5200::1 tcp fd00:172:30::41 80', BOTH_6, true],
        ['the node port by IPv4', '203.0.113.2 tcp 192.168.0.2 3001', BOTH, true],
        ['the node port by IPv6', '2600:5200::1 tcp 2001:db8::1 3001', BOTH_6, true],
        ['a source inside by IPv4', '203.0.113.2 tcp 1.2.3.4 80', BOTH, true],
        ['a source inside by IPv6', '2600:5200::1 tcp fd00:172:30::42 80', BOTH_6, true],
        ['a source outside by IPv4', '203.0.113.130 tcp 1.2.3.4 80', 'DROP'],
        ['a source outside by IPv6', 'fd00:10::2 tcp fd00:172:30::42 80', 'DROP'],
        ['the node by IPv4', '192.168.0.2 tcp 192.168.0.2 3001', BOTH, true],
        ['the node by IPv6', '2001:db8::1 tcp 2001:db8::1 3001', BOTH_6, true],
      ),
    );
  });
});

/** A neighbour whose kernel sends packets for 127.0.0.1 out to the node, and takes what comes back from there. */
const LEADS_LOOPBACK_OUT = [
  'echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet',
  'ip rule add pref 10 to 127.0.0.1 lookup 100',
  'ip route add 127.0.0.1 via 192.168.0.2 dev eth0 table 100',
  'ip rule add pref 20 lookup local',
  'ip rule del pref 0',
].join('\n');

/** The parts of a stack whose one service has an address of each family, at its cluster IP and at its load balancer. */
function dualStack(): Record<string, string> {
  const stack = newStack();
  const host = newHost(stack, {
    clusterCidr: ['10.0.0.0/8', 'fd00:10::/32'],
    nodeAddresses: ['192.168.0.2', '2001:db8::1'],
  });
  const service = new ClusterIpService(stack, 'web', {
    hosts: [host],
    clusterIp: ['172.30.0.41', 'fd00:172:30::41'],
    port: 80,
    endpoints: ['10.180.0.1', '10.180.2.1', 'fd00:10:180::1', 'fd00:10:180::2:1'].map((address) => ({
      address,
      port: 80,
    })),
  });
  new NodePortService(stack, 'port', { service, nodePort: 3001 });
  new LoadBalancerService(stack, 'balancer', {
    service,
    addresses: ['1.2.3.4', 'fd00:172:30::42'],
    sourceRanges: ['203.0.113.0/25', '2600:5200::/64'],
  });
  const parts = Object.entries(synthesize(stack).parts(host.node.id));
  return Object.fromEntries(parts.map(([name, text]) => [name, String(text)]));
}
