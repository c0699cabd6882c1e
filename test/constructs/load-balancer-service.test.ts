// LoadBalancerService: the parts that it gives the hosts of its service in both modes, and the text of each refusal.
import type { TerraformStack } from 'cdktf';
import { TerraformVariable } from 'cdktf';
import { expect, test } from 'vitest';
import type { ClusterIpServiceProps } from '../../lib/index';
import { ClusterIpService, LoadBalancerService, NodePortService } from '../../lib/index';
import { lines, newHost, newStack, refusal, synthesize } from './stacks';

const API = {
  clusterIp: '172.17.185.22',
  port: 809,
  endpoints: [{ address: '10.42.147.255', port: 809 }],
} as const;

function declareService(stack: TerraformStack, props: Partial<ClusterIpServiceProps> = {}): ClusterIpService {
  return new ClusterIpService(stack, 'api', { ...API, ...props, hosts: props.hosts ?? [newHost(stack)] });
}

test('in mode iptables its addresses lead where a node port leads, and both go together', () => {
  const stack = newStack();
  const service = declareService(stack);
  new LoadBalancerService(stack, 'lb', { service, addresses: ['10.42.162.216', '10.42.162.217'] });
  const alone = synthesize(stack).parts('cloudos1');
  expect(Object.keys(alone)).toEqual([
    '10-external-services',
    '10-ip-forward',
    '10-services',
    '50-service lab/api',
    '50-service lab/api load balancer',
  ]);
  expect(alone).toMatchObject({
    '50-service lab/api load balancer': lines(
      'iptables -t nat -A GW-SERVICES -d 10.42.162.216/32 -p tcp -m comment --comment "lab/api loadbalancer IP" -m tcp --dport 809 -j GW-EXT-C2KADGE4VUPIBX3U',
      'iptables -t nat -A GW-SERVICES -d 10.42.162.217/32 -p tcp -m comment --comment "lab/api loadbalancer IP" -m tcp --dport 809 -j GW-EXT-C2KADGE4VUPIBX3U',
      '',
    ),
  });
  new NodePortService(stack, 'np', { service, nodePort: 39_746 });
  const both = synthesize(stack).parts('cloudos1');
  const changed = Object.keys(both).filter((part) => both[part] !== alone[part]);
  expect(changed).toEqual(['10-node-ports', '50-service lab/api node port', '90-node-ports']);
});

test('source ranges bring the firewall, and the host itself is let in where it is in them', () => {
  const firewalls = [[], ['10.42.8.102']].map((nodeAddresses) => {
    const stack = newStack();
    const hosts = [newHost(stack, { nodeAddresses })];
    const service = declareService(stack, { hosts });
    const addresses = ['10.42.162.216'];
    new LoadBalancerService(stack, 'lb', { service, addresses, sourceRanges: ['10.42.8.0/24'] });
    const { parts } = synthesize(stack);
    expect(Object.keys(parts('cloudos1'))).toContain('10-services-firewall');
    return String(parts('cloudos1')['50-service lab/api load balancer']);
  });
  const self = '-A GW-FW-C2KADGE4VUPIBX3U -s 10.42.162.216/32 ';
  expect(firewalls.map((text) => text.includes(self))).toEqual([false, true]);
  for (const text of firewalls) {
    expect(text).toContain('-A GW-FW-C2KADGE4VUPIBX3U -s 10.42.8.0/24 ');
    expect(text).toContain('-A GW-PROXY-FIREWALL -d 10.42.162.216/32 -p tcp ');
  }
});

test('in mode ipvs its addresses are on the dummy device, each with a virtual server', () => {
  const stack = newStack();
  const service = declareService(stack, { mode: 'ipvs' });
  new LoadBalancerService(stack, 'lb', { service, addresses: ['10.42.162.216'] });
  expect(synthesize(stack).parts('cloudos1')).toMatchObject({
    '50-service lab/api load balancer': lines(
      'ip addr add 10.42.162.216/32 dev gw-ipvs0',
      'ipset add GW-IPVS-IPS 10.42.162.216',
      'ipset add GW-LOAD-BALANCER 10.42.162.216,tcp:809',
      'ipvsadm -A -t 10.42.162.216:809 -s rr',
      'ipvsadm -a -t 10.42.162.216:809 -r 10.42.147.255:809 -m -w 1',
      '',
    ),
  });
});

test.each([
  [
    'the host is not in them, and its own packets go nowhere',
    [],
    [
      'iptables -t filter -A GW-IPVS-OUT-FILTER -s 10.42.162.216/32 -m ipvs --vproto 6 --vaddr 10.42.162.216 --vport 809 -j DROP',
    ],
  ],
  [
    'the host is in them, and may call the address from the address',
    ['10.42.8.102'],
    ['ipset add GW-LOAD-BALANCER-SOURCE-IP 10.42.162.216,tcp:809,10.42.162.216'],
  ],
])('source ranges in mode ipvs are members of sets: %s', (_what, nodeAddresses, ofHost) => {
  const stack = newStack();
  const service = declareService(stack, { mode: 'ipvs', hosts: [newHost(stack, { nodeAddresses })] });
  const addresses = ['10.42.162.216'];
  new LoadBalancerService(stack, 'lb', { service, addresses, sourceRanges: ['10.42.8.0/24'] });
  expect(synthesize(stack).parts('cloudos1')['50-service lab/api load balancer']).toBe(
    lines(
      'ip addr add 10.42.162.216/32 dev gw-ipvs0',
      'ipset add GW-IPVS-IPS 10.42.162.216',
      'ipset add GW-LOAD-BALANCER 10.42.162.216,tcp:809',
      'ipvsadm -A -t 10.42.162.216:809 -s rr',
      'ipvsadm -a -t 10.42.162.216:809 -r 10.42.147.255:809 -m -w 1',
      'ipset add GW-LOAD-BALANCER-FW 10.42.162.216,tcp:809',
      'ipset add GW-LOAD-BALANCER-SOURCE-CIDR 10.42.162.216,tcp:809,10.42.8.0/24',
      ...ofHost,
      '',
    ),
  );
});

test('a range of everybody is two halves in mode ipvs, since no set holds it whole', () => {
  const stack = newStack();
  const service = declareService(stack, { mode: 'ipvs' });
  new LoadBalancerService(stack, 'lb', {
    service,
    addresses: ['10.42.162.216'],
    sourceRanges: ['0.0.0.0/0'],
  });
  const text = String(synthesize(stack).parts('cloudos1')['50-service lab/api load balancer']);
  expect(text.split('\n').filter((line) => line.includes('SOURCE-CIDR'))).toEqual([
    'ipset add GW-LOAD-BALANCER-SOURCE-CIDR 10.42.162.216,tcp:809,0.0.0.0/1',
    'ipset add GW-LOAD-BALANCER-SOURCE-CIDR 10.42.162.216,tcp:809,128.0.0.0/1',
  ]);
});

test('a health check may stand beside a policy that the service says', () => {
  const stack = newStack();
  const hosts = [newHost(stack, { podCidr: '10.42.147.0/24' })];
  const service = declareService(stack, { hosts, externalTrafficPolicy: 'Local' });
  new LoadBalancerService(stack, 'lb', {
    service,
    addresses: ['10.42.162.216'],
    healthCheckNodePort: 30_000,
  });
  expect(synthesize(stack).parts('cloudos1')).toHaveProperty(['10-health-check-node-ports']);
});

test('addresses and ranges may be known at apply', () => {
  const stack = newStack();
  const [address = '', range = ''] = ['ip', 'range'].map(
    (id) => new TerraformVariable(stack, id, { nullable: false }).stringValue,
  );
  const service = declareService(stack);
  new LoadBalancerService(stack, 'lb', { service, addresses: [address], sourceRanges: [range] });
  expect(synthesize(stack).configuration).toHaveProperty(
    ['locals', 'gatewright_parts_cloudos1', '50-service lab/api load balancer'],
    expect.stringContaining('-A GW-FW-C2KADGE4VUPIBX3U -s ${var.range} '),
  );
});

test('an address that another service has at the same port is an error that names both', () => {
  const stack = newStack();
  const hosts = [newHost(stack)];
  const first = declareService(stack, { hosts });
  const second = new ClusterIpService(stack, 'web', { hosts, ...API, clusterIp: '172.17.185.23' });
  new LoadBalancerService(stack, 'lb', { service: first, addresses: ['10.42.162.216'] });
  expect(
    refusal(() => new LoadBalancerService(stack, 'lb2', { service: second, addresses: ['10.42.162.216'] })),
  ).toContain(
    'service address 10.42.162.216:809/tcp is declared twice on host lab/cloudos1\nat: lab/lb2\ngiven: first by lab/lb, again by lab/lb2\n',
  );
});

test.each<readonly [what: string, props: object, expected: readonly string[]]>([
  ['no address', { addresses: [] }, ['addresses is empty', 'given: []', 'allowed: at least one address']],
  [
    'an address twice',
    { addresses: ['10.42.162.216', '10.42.162.216'] },
    ['an address stands twice in addresses', 'given: 10.42.162.216', 'allowed: each address once'],
  ],
  [
    'a network for an address',
    { addresses: ['10.42.162.0/24'] },
    ['addresses[0] is not an address', 'given: 10.42.162.0/24', 'allowed: such as 10.96.0.10 or fd00::10'],
  ],
  [
    'an address for a range',
    { sourceRanges: ['10.42.8.102'] },
    [
      'sourceRanges[0] is no network',
      'given: 10.42.8.102',
      'allowed: an address, a slash and a length, such as 192.0.2.0/24 or 2001:db8::/32',
      'to do: write 10.42.8.102/32 for the one address',
    ],
  ],
  [
    'a range of the wrong family',
    { sourceRanges: ['10.42.0.0/16', '2001:db8::/32'] },
    [
      'a source range is of a family of which addresses has none, and would restrict nothing',
      'given: 2001:db8::/32, with addresses 10.42.162.216',
      'allowed: source ranges of the families of addresses',
      'to do: correct the range, or leave it out',
    ],
  ],
  [
    'an address that no range would restrict',
    { addresses: ['10.42.162.216', 'fd00::216'], sourceRanges: ['10.42.0.0/16'], dual: true },
    [
      'an address is of a family of which sourceRanges has none, and would be open to everybody',
      'given: fd00::216, with sourceRanges 10.42.0.0/16',
      'allowed: source ranges of each family of addresses',
      'to do: add ranges of that family; ::/0 if everybody may reach it',
    ],
  ],
  [
    'an address of a family that the service has not',
    { addresses: ['fd00::216'] },
    [
      'addresses[0] is of a family of which the service has no cluster IP',
      'given: fd00::216',
      'allowed: addresses of the families of clusterIp',
      'to do: give clusterIp an address of that family too, or leave this one out',
    ],
  ],
  [
    'a health check where every host answers',
    { healthCheckNodePort: 30_000 },
    [
      'with externalTrafficPolicy Cluster every host answers, and there is nothing to ask',
      'given: healthCheckNodePort 30000, externalTrafficPolicy not given',
      "allowed: healthCheckNodePort with externalTrafficPolicy: 'Local'",
      "to do: leave it out, or give externalTrafficPolicy: 'Local'",
    ],
  ],
  [
    'policy Local and an endpoint of which nobody knows where it is',
    { externalTrafficPolicy: 'Local' },
    [
      'with policy Local it must be known which endpoints are on which host',
      'given: 10.42.147.255, and no podCidr of its family of lab/cloudos1',
      'allowed: endpoints with a host, or known addresses and hosts with a podCidr',
      'to do: give the endpoint its host, or lab/cloudos1 its podCidr',
    ],
  ],
])('a load balancer with %s is refused at once', (_what, props, [what = '', ...rest]) => {
  const stack = newStack();
  const { dual, ...more } = { dual: false, ...props };
  const clusterIp = dual ? ['172.17.185.22', 'fd00::22'] : '172.17.185.22';
  const given = { service: declareService(stack, { clusterIp }), addresses: ['10.42.162.216'], ...more };
  expect(refusal(() => new LoadBalancerService(stack, 'lb', given))).toBe(lines(what, 'at: lab/lb', ...rest));
});
