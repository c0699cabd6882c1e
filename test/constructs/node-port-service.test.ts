// NodePortService: at which addresses of a host its port opens, and what it is refused for.
import { expect, test } from 'vitest';
import type { ClusterIpServiceProps, NodePortServiceProps } from '../../lib/index';
import { ClusterIpService, LoadBalancerService, NodePortService } from '../../lib/index';
import { newHost, newStack, refusal, synthesize } from './stacks';

const WEB = {
  clusterIp: '10.96.0.10',
  port: 80,
  endpoints: [{ address: '10.5.75.2', port: 3000 }],
} as const;

const JUMP = /GW-SERVICES.*(?=nodeports;)/;

test.each<[string, Partial<NodePortServiceProps>, readonly string[]]>([
  ['every address but loopback', {}, ['! -d 127.0.0.0/8']],
  ['every address', { localhostNodePorts: true }, ['']],
  ['those in the networks', { nodePortAddresses: ['192.168.1.0/24'] }, ['-d 192.168.1.6/32']],
  [
    'those in the networks, and loopback',
    { nodePortAddresses: ['192.168.0.0/16', '127.0.0.0/8'], localhostNodePorts: true },
    ['-d 127.0.0.1/32', '-d 192.168.1.6/32', '-d 192.168.2.6/32'],
  ],
  ['every address by its network', { nodePortAddresses: ['0.0.0.0/0'] }, ['! -d 127.0.0.0/8']],
])('a node port opens at %s', (_what, props, expected) => {
  const stack = newStack();
  const hosts = [newHost(stack, { nodeAddresses: ['192.168.1.6', '192.168.2.6'] })];
  const service = new ClusterIpService(stack, 'web', { hosts, ...WEB });
  new NodePortService(stack, 'np', { service, nodePort: 30_080, ...props });
  const text = synthesize(stack).parts('cloudos1')['90-node-ports'];
  const found = String(text)
    .split('\n')
    .filter((line) => JUMP.test(line))
    .map((line) => /-A GW-SERVICES (.*?) ?-m comment/.exec(line)?.[1]);
  expect(found).toEqual(expected);
});

test.each<[string, object, Partial<ClusterIpServiceProps>, string]>([
  [
    'an address for a network',
    { nodePortAddresses: ['192.168.1.6'] },
    {},
    'nodePortAddresses[0] is no network',
  ],
  [
    'networks of none of its addresses',
    { nodePortAddresses: ['10.0.0.0/8'] },
    {},
    'none of the addresses of ipv4 of lab/cloudos1 is in nodePortAddresses\nat: lab/np\ngiven: 10.0.0.0/8, and nodeAddresses 192.168.1.6',
  ],
  [
    'loopback alone, without localhostNodePorts',
    { nodePortAddresses: ['127.0.0.0/8'] },
    {},
    'none of the addresses of ipv4 of lab/cloudos1',
  ],
  [
    'networks of one family, and a service of two',
    { nodePortAddresses: ['192.168.1.0/24'] },
    { clusterIp: ['10.96.0.10', 'fd00:96::10'] },
    'nodePortAddresses restrict one family only, and the service has ipv6 too',
  ],
  [
    'localhostNodePorts in mode ipvs',
    { localhostNodePorts: true },
    { mode: 'ipvs' },
    'node ports open at 127.0.0.1 only in mode iptables and IPv4',
  ],
  ['a policy that is none', { externalTrafficPolicy: 'Global' }, {}, 'externalTrafficPolicy is not valid'],
  ['a port that there is not', { nodePort: 65_536 }, {}, 'nodePort is out of range'],
])('a node port with %s is refused', (_what, props, service, expected) => {
  const stack = newStack();
  const hosts = [newHost(stack, { nodeAddresses: ['192.168.1.6'] })];
  const web = new ClusterIpService(stack, 'web', { hosts, ...WEB, ...service });
  expect(
    refusal(() => new NodePortService(stack, 'np', { service: web, nodePort: 30_080, ...props })),
  ).toContain(expected);
});

test.each([
  [
    'another node port',
    (service: ClusterIpService) => {
      new NodePortService(service, 'np', { service, nodePort: 30_000 });
    },
  ],
  [
    'the health check of another service',
    (service: ClusterIpService) => {
      const [addresses, externalTrafficPolicy] = [['203.0.113.10'], 'Local'] as const;
      const balancer = { addresses, externalTrafficPolicy, healthCheckNodePort: 30_000 };
      new LoadBalancerService(service, 'lb', { service, ...balancer });
    },
  ],
])('a node port that %s has is refused', (_what, take) => {
  const stack = newStack();
  const hosts = [newHost(stack, { podCidr: '10.5.75.0/24' })];
  take(new ClusterIpService(stack, 'web', { hosts, ...WEB }));
  const service = new ClusterIpService(stack, 'api', { hosts, ...WEB, clusterIp: '10.96.0.11' });
  expect(refusal(() => new NodePortService(stack, 'np2', { service, nodePort: 30_000 }))).toContain(
    'node port 30000/tcp is declared twice on host lab/cloudos1',
  );
});

test('node ports of one host open at the same addresses', () => {
  const stack = newStack();
  const hosts = [newHost(stack, { nodeAddresses: ['192.168.1.6'] })];
  const [web, api] = ['10.96.0.10', '10.96.0.11'].map(
    (clusterIp, index) => new ClusterIpService(stack, `s${index}`, { hosts, ...WEB, clusterIp }),
  );
  if (web === undefined || api === undefined) throw new Error('no services');
  new NodePortService(stack, 'np', { service: web, nodePort: 30_080, nodePortAddresses: ['192.168.1.0/24'] });
  expect(refusal(() => new NodePortService(stack, 'np2', { service: api, nodePort: 30_081 }))).toContain(
    'nodePortAddresses of all node ports is declared with two values on host lab/cloudos1\nat: lab/np2\ngiven: none, but 192.168.1.0/24 by lab/np',
  );
});
