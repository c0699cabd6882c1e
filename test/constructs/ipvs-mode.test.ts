// ClusterIpService and NodePortService in mode ipvs: the parts that they give their hosts, and what services must agree on there.
import { TerraformVariable } from 'cdktf';
import { expect, test } from 'vitest';
import { ClusterIpService, IpSet, NodePortService, VirtualServer } from '../../lib/index';
import { lines, newHost, newStack, refusal, synthesize } from './stacks';

const WEB = {
  clusterIp: '10.96.0.10',
  port: 80,
  mode: 'ipvs',
  endpoints: [
    { address: '10.5.75.2', port: 8080 },
    { address: '10.5.88.2', port: 8080 },
  ],
} as const;

test('a service is an address of the dummy device, members of sets and a virtual server, a node port one at each node address', () => {
  const stack = newStack();
  const hosts = [newHost(stack, { podCidr: '10.5.75.0/24', nodeAddresses: ['192.168.1.6', '10.5.75.1'] })];
  const service = new ClusterIpService(stack, 'web', { hosts, ...WEB, scheduler: 'lc' });
  new NodePortService(stack, 'np', { service, nodePort: 30_080 });
  const parts = synthesize(stack).parts('cloudos1');
  expect(Object.keys(parts)).toEqual([
    '10-ip-forward',
    '10-ipvs-conntrack',
    '10-ipvs-expiry',
    '10-services',
    '50-service lab/web',
    '50-service lab/web node port',
  ]);
  expect(parts).toMatchObject({
    '10-ipvs-expiry': lines(
      'sysctl net.ipv4.vs.expire_nodest_conn=1',
      'sysctl net.ipv4.vs.expire_quiescent_template=1',
      '',
    ),
    '50-service lab/web': lines(
      'ip addr add 10.96.0.10/32 dev gw-ipvs0',
      'ipset add GW-IPVS-IPS 10.96.0.10',
      'ipset add GW-CLUSTER-IP 10.96.0.10,tcp:80',
      'ipset add GW-LOOP-BACK 10.5.75.2,tcp:8080,10.5.75.2',
      'ipvsadm -A -t 10.96.0.10:80 -s lc',
      'ipvsadm -a -t 10.96.0.10:80 -r 10.5.75.2:8080 -m -w 1',
      'ipvsadm -a -t 10.96.0.10:80 -r 10.5.88.2:8080 -m -w 1',
      '',
    ),
    '50-service lab/web node port': lines(
      'ipset add GW-NODE-PORT-TCP 30080',
      'ipvsadm -A -t 192.168.1.6:30080 -s lc',
      'ipvsadm -a -t 192.168.1.6:30080 -r 10.5.75.2:8080 -m -w 1',
      'ipvsadm -a -t 192.168.1.6:30080 -r 10.5.88.2:8080 -m -w 1',
      'ipvsadm -A -t 10.5.75.1:30080 -s lc',
      'ipvsadm -a -t 10.5.75.1:30080 -r 10.5.75.2:8080 -m -w 1',
      'ipvsadm -a -t 10.5.75.1:30080 -r 10.5.88.2:8080 -m -w 1',
      '',
    ),
  });
});

test('the device has the name that kube-proxy gives it only with the prefix of kube-proxy', () => {
  const stack = newStack();
  new ClusterIpService(stack, 'web', { hosts: [newHost(stack, { chainPrefix: 'KUBE-' })], ...WEB });
  expect(synthesize(stack).parts('cloudos1')['10-services']).toContain('ip link add kube-ipvs0 type dummy\n');
});

test.each([
  ['one that tells pods by their network', { podCidr: '10.5.75.0/24' }, {}, ' ! -s 10.5.75.0/24 ', 'dst,dst'],
  ['one that tells pods by their bridge', { podBridge: 'cni0' }, {}, ' ! -i cni0 ', 'dst,dst'],
  ['one that tells none', {}, {}, ' ', 'src,dst'],
  ['one that masquerades all', {}, { masqueradeAll: true }, ' ', 'dst,dst'],
] as const)('on a host, %s, one rule marks what is masqueraded', (_what, hostProps, props, from, fields) => {
  const stack = newStack();
  new ClusterIpService(stack, 'web', { hosts: [newHost(stack, hostProps)], ...WEB, ...props });
  expect(synthesize(stack).parts('cloudos1')['10-services']).toContain(
    `-A GW-SERVICES${from}-m comment --comment "Kubernetes service cluster ip + port for masquerade purpose" -m set --match-set GW-CLUSTER-IP ${fields} -j GW-MARK-MASQ\n`,
  );
});

test('scheduler mh tells clients behind one address apart, as with kube-proxy', () => {
  const stack = newStack();
  new ClusterIpService(stack, 'web', { hosts: [newHost(stack)], ...WEB, scheduler: 'mh' });
  expect(synthesize(stack).parts('cloudos1')['50-service lab/web']).toContain(
    'ipvsadm -A -t 10.96.0.10:80 -s mh -b mh-port\n',
  );
});

test('an endpoint and the cluster IP may be known at apply', () => {
  const stack = newStack();
  const [clusterIp = '', address = ''] = ['vip', 'ip'].map(
    (id) => new TerraformVariable(stack, id, { nullable: false }).stringValue,
  );
  const hosts = [newHost(stack, { podCidr: '10.5.75.0/24' })];
  new ClusterIpService(stack, 'web', { hosts, ...WEB, clusterIp, endpoints: [{ address, port: 8080 }] });
  expect(synthesize(stack).configuration).toHaveProperty('locals.gatewright_parts_cloudos1', {
    '50-service lab/web': lines(
      'ip addr add ${var.vip}/32 dev gw-ipvs0',
      'ipset add GW-IPVS-IPS ${var.vip}',
      'ipset add GW-CLUSTER-IP ${var.vip},tcp:80',
      'ipset add GW-LOOP-BACK ${var.ip},tcp:8080,${var.ip}',
      'ipvsadm -A -t ${var.vip}:80 -s rr',
      'ipvsadm -a -t ${var.vip}:80 -r ${var.ip}:8080 -m -w 1',
      '',
    ),
  });
});

test('services of two modes on one host are an error that names both', () => {
  const stack = newStack();
  const hosts = [newHost(stack)];
  new ClusterIpService(stack, 'web', { hosts, ...WEB });
  const other = { hosts, ...WEB, clusterIp: '10.96.0.11', mode: 'iptables' } as const;
  expect(refusal(() => new ClusterIpService(stack, 'api', other))).toBe(
    lines(
      'a host lays all its services out in one mode',
      'at: lab/api',
      'given: mode iptables, and lab/web on the same host in mode ipvs',
      'allowed: one mode for all services of a host and scope',
      'to do: give all of them the same mode, or declare the other ones on a Host of another scope',
    ),
  );
});

test('services that want different masquerade on one host are an error that names both', () => {
  const stack = newStack();
  const hosts = [newHost(stack)];
  new ClusterIpService(stack, 'web', { hosts, ...WEB });
  const other = { hosts, ...WEB, clusterIp: '10.96.0.11', clusterCidr: '10.5.0.0/16' } as const;
  expect(refusal(() => new ClusterIpService(stack, 'api', other))).toBe(
    lines(
      'in mode ipvs all services of a host are masqueraded alike: one rule marks what comes for any of them',
      'at: lab/api',
      'given: masquerade unless from 10.5.0.0/16 here, and no masquerade with lab/web',
      'allowed: the same masqueradeAll and clusterCidr for all services of a host',
      'to do: say it on the Host (clusterCidr, podCidr, podBridge), and leave it out here',
    ),
  );
});

test('a node port of a host that does not say its addresses is an error that names it', () => {
  const stack = newStack();
  const service = new ClusterIpService(stack, 'web', { hosts: [newHost(stack)], ...WEB });
  expect(refusal(() => new NodePortService(stack, 'np', { service, nodePort: 30_080 }))).toBe(
    lines(
      'in mode ipvs a node port opens at addresses of the host, and it does not say which it has of ipv4',
      'at: lab/np',
      'given: lab/cloudos1',
      'allowed: hosts with nodeAddresses',
      'to do: give lab/cloudos1 its nodeAddresses',
    ),
  );
});

test('the virtual server and the sets of services are not to be had twice on a host', () => {
  const stack = newStack();
  const host = newHost(stack);
  new ClusterIpService(stack, 'web', { hosts: [host], ...WEB });
  const server = { host, address: '10.96.0.10', port: 80, realServers: [] };
  expect(refusal(() => new VirtualServer(stack, 'vs', server))).toContain(
    'virtual server 10.96.0.10:80/tcp is declared twice on host lab/cloudos1\nat: lab/vs\ngiven: first by lab/web, ',
  );
  const set = { hosts: [host], name: 'GW-CLUSTER-IP', type: 'hash:ip,port', members: [] } as const;
  expect(refusal(() => new IpSet(stack, 'set', set))).toContain(
    'set GW-CLUSTER-IP is declared twice on host lab/cloudos1\nat: lab/set\ngiven: first by lab/web, ',
  );
});

test.each([
  ['loopback', ['127.0.0.1'], 'nodeAddresses[0] is no address by which others reach the host'],
  ['link-local ones', ['fe80::1'], 'nodeAddresses[0] is no address by which others reach the host'],
  ['one twice', ['fd00::1', 'FD00:0::1'], 'an address stands twice in nodeAddresses'],
])('node addresses are not %s', (_what, nodeAddresses, expected) => {
  expect(refusal(() => newHost(newStack(), { nodeAddresses }))).toContain(expected);
});

test('node addresses are addresses', () => {
  expect(refusal(() => newHost(newStack(), { nodeAddresses: ['192.168.1.6/24'] }))).toBe(
    lines(
      'nodeAddresses[0] is not an address',
      'at: lab/cloudos1',
      'given: 192.168.1.6/24',
      'allowed: such as 10.96.0.10 or fd00::10',
    ),
  );
});
