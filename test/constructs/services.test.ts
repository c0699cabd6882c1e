// ClusterIpService and NodePortService: the parts that they give their hosts, and what there may be only one of.
import { Construct } from 'constructs';
import { expect, test } from 'vitest';
import type { ClusterIpServiceProps } from '../../lib/index';
import { ClusterIpService, Host, NodePortService } from '../../lib/index';
import { lines, newHost, newStack, refusal, synthesize } from './stacks';

const WEB = {
  clusterIp: '10.96.0.10',
  port: 80,
  endpoints: [{ address: '10.5.0.2', port: 8080 }],
} as const;

test('a service brings what services share and a part of its own, a node port likewise', () => {
  const stack = newStack();
  const hosts = [newHost(stack)];
  const service = new ClusterIpService(stack, 'web', { hosts, ...WEB });
  new NodePortService(stack, 'web-node-port', { service, nodePort: 30_080 });
  const parts = synthesize(stack).parts('cloudos1');
  expect(Object.keys(parts)).toEqual([
    '10-external-services',
    '10-ip-forward',
    '10-node-ports',
    '10-services',
    '50-service lab/web',
    '50-service lab/web node port',
    '90-node-ports',
  ]);
  expect(parts).toMatchObject({
    '50-service lab/web': lines(
      'iptables -t nat -A GW-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "lab/web cluster IP" -m tcp --dport 80 -j GW-SVC-JVHYC5ZONEZCMFDP',
      'iptables -t nat -A GW-SVC-JVHYC5ZONEZCMFDP -m comment --comment "lab/web -> 10.5.0.2:8080" -j GW-SEP-L5LACB6CR6IEWTA5',
      'iptables -t nat -A GW-SEP-L5LACB6CR6IEWTA5 -s 10.5.0.2/32 -j GW-MARK-MASQ',
      'iptables -t nat -A GW-SEP-L5LACB6CR6IEWTA5 -p tcp -j DNAT --to-destination 10.5.0.2:8080',
      'iptables -t nat -A GW-EXT-JVHYC5ZONEZCMFDP -m comment --comment "masquerade traffic for lab/web external destinations" -j GW-MARK-MASQ',
      'iptables -t nat -A GW-EXT-JVHYC5ZONEZCMFDP -j GW-SVC-JVHYC5ZONEZCMFDP',
      '',
    ),
    '50-service lab/web node port': lines(
      'iptables -t nat -A GW-NODEPORTS -p tcp -m comment --comment "lab/web" -m tcp --dport 30080 -j GW-EXT-JVHYC5ZONEZCMFDP',
      '',
    ),
  });
});

test('a service without node ports brings no chain of theirs', () => {
  const stack = newStack();
  new ClusterIpService(stack, 'web', { hosts: [newHost(stack)], ...WEB });
  expect(Object.keys(synthesize(stack).parts('cloudos1'))).toEqual([
    '10-ip-forward',
    '10-services',
    '50-service lab/web',
  ]);
});

test('each host tells its own pods from others, unless the service says how', () => {
  const marks = (props: Partial<ClusterIpServiceProps>): unknown[] => {
    const stack = newStack();
    const hosts = [
      new Host(stack, 'cidr', { address: '192.0.2.1', podCidr: '10.5.75.0/24' }),
      new Host(stack, 'cluster', {
        address: '192.0.2.2',
        podCidr: '10.5.75.0/24',
        clusterCidr: '10.5.0.0/16',
      }),
      new Host(stack, 'bridge', { address: '192.0.2.3', podBridge: 'cni0' }),
      new Host(stack, 'prefix', { address: '192.0.2.4', podInterfacePrefix: 'veth' }),
      new Host(stack, 'none', { address: '192.0.2.5' }),
    ];
    new ClusterIpService(stack, 'web', { hosts, ...WEB, ...props });
    const { parts } = synthesize(stack);
    return hosts.map(({ node }) => {
      const text = JSON.stringify(parts(node.id));
      return /-A GW-SVC-\S+ ((?:! )?-[sid] [^"]*?) -p tcp [^"]*"lab\/web cluster IP/.exec(
        text.replaceAll('\\"', '"'),
      )?.[1];
    });
  };
  const to = '-d 10.96.0.10/32';
  expect(marks({})).toEqual([
    `! -s 10.5.75.0/24 ${to}`,
    `! -s 10.5.0.0/16 ${to}`,
    `${to} ! -i cni0`,
    `${to} ! -i veth+`,
    undefined,
  ]);
  expect(marks({ clusterCidr: '10.0.0.0/8' })).toEqual(Array(5).fill(`! -s 10.0.0.0/8 ${to}`));
  expect(marks({ masqueradeAll: true })).toEqual(Array(5).fill(to));
});

test('a list of one cluster IP is that one', () => {
  const stack = newStack();
  new ClusterIpService(stack, 'web', { hosts: [newHost(stack)], ...WEB, clusterIp: ['10.96.0.10'] });
  const single = newStack();
  new ClusterIpService(single, 'web', { hosts: [newHost(single)], ...WEB });
  expect(synthesize(stack).parts('cloudos1')).toEqual(synthesize(single).parts('cloudos1'));
});

test('an endpoint that is not ready stands in no rule, and the service refuses while none is', () => {
  const stack = newStack();
  const endpoints = [{ address: '10.5.0.2', port: 8080, ready: false }];
  new ClusterIpService(stack, 'web', { hosts: [newHost(stack)], ...WEB, endpoints });
  expect(synthesize(stack).parts('cloudos1')).toMatchObject({
    '50-service lab/web':
      'iptables -t filter -A GW-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "lab/web has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable\n',
  });
});

test.each([
  ['web', 'lab/web'],
  ['web service', 'lab/web-service'],
])('a service of the id %j is called %s', (id, name) => {
  const stack = newStack();
  expect(new ClusterIpService(stack, id, { hosts: [newHost(stack)], ...WEB }).name).toBe(name);
});

test('a service in a construct of the user has the ids on the way in its name', () => {
  const stack = newStack();
  const scope = new Construct(new Construct(stack, 'shop'), 'front');
  expect(new ClusterIpService(scope, 'web', { hosts: [newHost(stack)], ...WEB }).name).toBe(
    'lab/shop.front.web',
  );
});

test.each([
  ['cluster IP, port and protocol', {}, 'service address 10.96.0.10:80/tcp'],
  ['name', { name: 'lab/web', protocol: 'udp' }, 'service lab/web'],
] as const)('two services of one %s on a host are an error that names both', (_what, props, taken) => {
  const stack = newStack();
  const hosts = [newHost(stack)];
  new ClusterIpService(stack, 'web', { hosts, ...WEB });
  expect(refusal(() => new ClusterIpService(stack, 'twin', { hosts, ...WEB, ...props }))).toBe(
    lines(
      `${taken} is declared twice on host lab/cloudos1`,
      'at: lab/twin',
      'given: first by lab/web, again by lab/twin',
      'allowed: one of a kind on a host and scope',
      'to do: rename or remove one of them',
    ),
  );
});

test.each([
  ['another protocol', { protocol: 'udp' }],
  ['another port', { port: 81 }],
] as const)('two services of one cluster IP and %s go together', (_what, props) => {
  const stack = newStack();
  const hosts = [newHost(stack)];
  new ClusterIpService(stack, 'web', { hosts, ...WEB });
  new ClusterIpService(stack, 'twin', { hosts, ...WEB, ...props });
  expect(Object.keys(synthesize(stack).parts('cloudos1'))).toContain('50-service lab/twin');
});

test('a node port of 70000 is refused', () => {
  const stack = newStack();
  const service = new ClusterIpService(stack, 'web', { hosts: [newHost(stack)], ...WEB });
  expect(refusal(() => new NodePortService(stack, 'np', { service, nodePort: 70_000 }))).toBe(
    lines('nodePort is out of range', 'at: lab/np', 'given: 70000', 'allowed: 1 to 65535'),
  );
});

test('a node port that another service has on the host is an error that names both', () => {
  const stack = newStack();
  const hosts = [newHost(stack)];
  const [web, api] = ['web', 'api'].map(
    (id, index) => new ClusterIpService(stack, id, { hosts, ...WEB, clusterIp: `10.96.0.${index + 1}` }),
  );
  if (web === undefined || api === undefined) throw new Error('two services were made');
  new NodePortService(stack, 'first', { service: web, nodePort: 30_080 });
  expect(refusal(() => new NodePortService(stack, 'second', { service: api, nodePort: 30_080 }))).toBe(
    lines(
      'node port 30080/tcp is declared twice on host lab/cloudos1',
      'at: lab/second',
      'given: first by lab/first, again by lab/second',
      'allowed: one of a kind on a host and scope',
      'to do: rename or remove one of them',
    ),
  );
  expect(refusal(() => new NodePortService(stack, 'third', { service: web, nodePort: 30_081 }))).toContain(
    'the node port of service lab/web is declared twice on host lab/cloudos1',
  );
});
