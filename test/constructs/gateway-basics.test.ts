// PodMasquerade, PortForward, SourceNat and ConnectionLimit: the lines of each, and what there may be only one of.
import { TerraformVariable } from 'cdktf';
import { expect, test } from 'vitest';
import type { HostProps } from '../../lib/index';
import { ConnectionLimit, Host, PodMasquerade, PortForward, SourceNat } from '../../lib/index';
import { lines, newHost, newStack, refusal, synthesize } from './stacks';

const FORWARDING = { '10-ip-forward': 'sysctl net.ipv4.ip_forward=1\n' };

/** The parts of a host on which `declare` declares one construct by the id `x`. */
function partsOf(
  declare: (stack: ReturnType<typeof newStack>, host: Host) => unknown,
  hostProps: Partial<HostProps> = {},
): Readonly<Record<string, unknown>> {
  const stack = newStack();
  declare(stack, newHost(stack, hostProps));
  return synthesize(stack).parts('cloudos1');
}

const PODS = { clusterCidr: '10.244.0.0/16' } as const;

test.each([
  [
    'as flannel has them',
    {},
    [
      'iptables -t nat -A POSTROUTING -s 10.244.0.0/16 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j RETURN',
      'iptables -t nat -A POSTROUTING -s 10.244.0.0/16 ! -d 224.0.0.0/4 -m comment --comment "flannel masq" -j MASQUERADE --random-fully',
      'iptables -t nat -A POSTROUTING ! -s 10.244.0.0/16 -d 10.244.0.0/24 -m comment --comment "flanneld masq" -j RETURN',
      'iptables -t nat -A POSTROUTING ! -s 10.244.0.0/16 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully',
    ],
  ],
  [
    'without random ports, and with the networks of others',
    { randomFully: false, extraCidrs: ['172.17.0.0/16', '172.16.20.0/24'] },
    [
      'iptables -t nat -A POSTROUTING -s 10.244.0.0/16 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j RETURN',
      'iptables -t nat -A POSTROUTING -s 10.244.0.0/16 ! -d 224.0.0.0/4 -m comment --comment "flannel masq" -j MASQUERADE',
      'iptables -t nat -A POSTROUTING ! -s 10.244.0.0/16 -d 10.244.0.0/24 -m comment --comment "flanneld masq" -j RETURN',
      'iptables -t nat -A POSTROUTING ! -s 10.244.0.0/16 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j MASQUERADE',
      'iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -d 172.17.0.0/16 -j MASQUERADE',
      'iptables -t nat -A POSTROUTING -s 172.16.20.0/24 ! -d 172.16.20.0/24 -j MASQUERADE',
    ],
  ],
])('pods are masqueraded %s', (_what, props, expected) => {
  const parts = partsOf(
    (stack, host) => new PodMasquerade(stack, 'x', { hosts: [host], ...PODS, ...props }),
    {
      podCidr: '10.244.0.0/24',
    },
  );
  expect(parts).toEqual({ ...FORWARDING, '50-pod-masquerade lab/x': lines(...expected, '') });
});

test('each host has its own pods', () => {
  const stack = newStack();
  const hosts = ['a', 'b'].map(
    (id, index) => new Host(stack, id, { address: '192.0.2.1', podCidr: `10.244.${index}.0/24` }),
  );
  new PodMasquerade(stack, 'x', { hosts, ...PODS });
  const { parts } = synthesize(stack);
  expect(parts('b')['50-pod-masquerade lab/x']).toContain(' ! -s 10.244.0.0/16 -d 10.244.1.0/24 ');
  expect(parts('a')['50-pod-masquerade lab/x']).toContain(' ! -s 10.244.0.0/16 -d 10.244.0.0/24 ');
});

const ACCEPTED =
  'iptables -t filter -I FORWARD -m conntrack --ctstate DNAT --ctproto 6 --ctreplsrc 172.17.0.2 --ctreplsrcport 80 -j ACCEPT';

test.each([
  [
    'of one address',
    { address: '192.168.50.18', port: 8080 },
    [
      'iptables -t nat -I PREROUTING -d 192.168.50.18/32 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80',
      'iptables -t nat -I OUTPUT -d 192.168.50.18/32 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80',
      ACCEPTED,
    ],
  ],
  [
    'of one address and device',
    { address: '192.168.50.18', port: 8080, device: 'enp1s0' },
    [
      'iptables -t nat -I PREROUTING -d 192.168.50.18/32 -i enp1s0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80',
      ACCEPTED,
    ],
  ],
  [
    'of every address, of UDP',
    { port: 53, protocol: 'udp' },
    [
      'iptables -t nat -I PREROUTING ! -d 127.0.0.0/8 -p udp -m addrtype --dst-type LOCAL -m udp --dport 53 -j DNAT --to-destination 172.17.0.2:80',
      'iptables -t nat -I OUTPUT ! -d 127.0.0.0/8 -p udp -m addrtype --dst-type LOCAL -m udp --dport 53 -j DNAT --to-destination 172.17.0.2:80',
      ACCEPTED.replace('--ctproto 6', '--ctproto 17'),
    ],
  ],
] as const)('a port %s is forwarded both ways', (_what, from, expected) => {
  const to = { address: '172.17.0.2', port: 80 };
  expect(partsOf((stack, host) => new PortForward(stack, 'x', { host, from, to }))).toEqual({
    ...FORWARDING,
    '50-port-forward lab/x': lines(...expected, ''),
  });
});

test.each([
  ['a network with the address of the device', { source: '10.8.0.0/24' }, '-s 10.8.0.0/24 -j MASQUERADE'],
  ['one address', { source: '192.168.1.6' }, '-s 192.168.1.6/32 -j MASQUERADE'],
  [
    'a network by one device with one address',
    { source: '10.8.0.0/24', device: 'eth0', to: '192.168.5.3' },
    '-s 10.8.0.0/24 -o eth0 -j SNAT --to-source 192.168.5.3',
  ],
  [
    'a network with a range of addresses',
    { source: '10.8.0.0/24', to: '192.168.5.3-192.168.5.5' },
    '-s 10.8.0.0/24 -j SNAT --to-source 192.168.5.3-192.168.5.5',
  ],
  ['all by one device', { source: '0.0.0.0/0', device: 'eth0' }, '-o eth0 -j MASQUERADE'],
])('source NAT of %s is one rule', (_what, props, rule) => {
  expect(partsOf((stack, host) => new SourceNat(stack, 'x', { host, ...props }))).toEqual({
    ...FORWARDING,
    '50-source-nat lab/x': `iptables -t nat -I POSTROUTING ${rule}\n`,
  });
});

test.each([
  [{ port: 9090, above: 2 }, 'tcp', '9090', '2', 'tcp-reset'],
  [{ port: 53, above: 0, protocol: 'udp' }, 'udp', '53', '0', 'icmp-port-unreachable'],
  [
    { port: 9090, above: 2, rejectWith: 'icmp-admin-prohibited' },
    'tcp',
    '9090',
    '2',
    'icmp-admin-prohibited',
  ],
] as const)('the limit %j is one rule', (props, protocol, port, above, rejectWith) => {
  expect(partsOf((stack, host) => new ConnectionLimit(stack, 'x', { host, ...props }))).toEqual({
    '50-connection-limit lab/x': `iptables -t filter -I INPUT -p ${protocol} -m ${protocol} --dport ${port} -m conntrack --ctstate NEW -m connlimit --connlimit-above ${above} --connlimit-mask 32 --connlimit-saddr -j REJECT --reject-with ${rejectWith}\n`,
  });
});

test('addresses, networks and devices may be known at apply', () => {
  const stack = newStack();
  const known = (id: string): string => new TerraformVariable(stack, id, { nullable: false }).stringValue;
  const [cidr, pods, ip, device] = [known('cidr'), known('pods'), known('ip'), known('device')];
  const host = newHost(stack, { podCidr: pods });
  new PodMasquerade(stack, 'x', { hosts: [host], clusterCidr: cidr });
  new PortForward(stack, 'x-1', {
    host,
    from: { address: ip, port: 80, device },
    to: { address: ip, port: 81 },
  });
  new SourceNat(stack, 'x-2', { host, source: cidr, device, to: ip });
  const texts = Object.values(localsOf(synthesize(stack).configuration)).join('');
  expect(texts).toContain('! -s ${var.cidr} -d ${var.pods} ');
  expect(texts).toContain(
    '-d ${var.ip}/32 -i ${var.device} -p tcp -m tcp --dport 80 -j DNAT --to-destination ${var.ip}:81',
  );
  expect(texts).toContain('-s ${var.cidr} -o ${var.device} -j SNAT --to-source ${var.ip}\n');
});

function localsOf(configuration: unknown): Readonly<Record<string, unknown>> {
  const path = ['locals', 'gatewright_parts_cloudos1'];
  return path.reduce<Readonly<Record<string, unknown>>>(
    (found, key) => {
      const value = found[key];
      return typeof value === 'object' && value !== null ? { ...value } : {};
    },
    Object.fromEntries(Object.entries(configuration ?? {})),
  );
}

type Declare = (stack: ReturnType<typeof newStack>, id: string, host: Host) => unknown;

test.each<readonly [what: string, claimed: string, declare: Declare]>([
  [
    'forwarded port',
    'forwarded port 80/tcp of 10.0.0.1',
    (stack, id, host) =>
      new PortForward(stack, id, {
        host,
        from: { address: '10.0.0.1', port: 80 },
        to: { address: '10.0.0.2', port: 80 },
      }),
  ],
  [
    'connection limit',
    'connection limit of port 80/tcp',
    (stack, id, host) => new ConnectionLimit(stack, id, { host, port: 80, above: 2 }),
  ],
])('a second %s of one port is an error that names both', (_what, claimed, declare) => {
  const stack = newStack();
  const host = newHost(stack);
  declare(stack, 'first', host);
  expect(refusal(() => declare(stack, 'second', host))).toContain(
    `${claimed} is declared twice on host lab/cloudos1\nat: lab/second\ngiven: first by lab/first, again by lab/second\n`,
  );
});
