// FullNatVip: the lines of the seed's gateway and of its variants, and the text of each refusal.
import { TerraformVariable } from 'cdktf';
import { expect, test } from 'vitest';
import { FullNatVip } from '../../lib/index';
import { lines, newHost, newStack, refusal, synthesize } from './stacks';

const PART = '50-full-nat lab/web';
const WEB = {
  vip: '182.16.100.101/24',
  device: 'enp0s5',
  port: 8888,
  scheduler: 'rr',
  realServers: [
    { address: '172.16.100.6', port: 80, weight: 3 },
    { address: '172.16.100.5', port: 80 },
  ],
} as const;

function partsWith(props: object): Readonly<Record<string, unknown>> {
  const stack = newStack();
  new FullNatVip(stack, 'web', { host: newHost(stack), ...WEB, ...props });
  return synthesize(stack).parts('cloudos1');
}

const SERVERS = [
  'ip addr add 182.16.100.101/24 dev enp0s5',
  'ipvsadm -A -t 182.16.100.101:8888 -s rr',
  'ipvsadm -a -t 182.16.100.101:8888 -r 172.16.100.5:80 -m -w 1',
  'ipvsadm -a -t 182.16.100.101:8888 -r 172.16.100.6:80 -m -w 3',
];
const OF_VIP =
  'iptables -t nat -I POSTROUTING -m ipvs --vproto 6 --vaddr 182.16.100.101 --vport 8888 --vmethod MASQ -j MASQUERADE --random-fully';
const ANSWERS =
  'iptables -t filter -I FORWARD -m conntrack --ctstate RELATED,ESTABLISHED --ctproto 6 --ctorigdst 182.16.100.101 --ctorigdstport 8888 -j ACCEPT';

test.each([
  ['nothing more said', {}, [...SERVERS, OF_VIP, ANSWERS]],
  ['masquerade of the VIP, which is the default', { masquerade: 'vip' }, [...SERVERS, OF_VIP, ANSWERS]],
  [
    'masquerade of all',
    { masquerade: 'all' },
    [...SERVERS, 'iptables -t nat -I POSTROUTING -j MASQUERADE --random-fully', ANSWERS],
  ],
  ['no masquerade', { masquerade: 'none' }, [...SERVERS, ANSWERS]],
  [
    'UDP, persistence and no real server',
    { protocol: 'udp', persistenceTimeoutSeconds: 300, realServers: [], scheduler: undefined },
    [
      'ip addr add 182.16.100.101/24 dev enp0s5',
      'ipvsadm -A -u 182.16.100.101:8888 -s wlc -p 300',
      OF_VIP.replace('--vproto 6', '--vproto 17'),
      ANSWERS.replace('--ctproto 6', '--ctproto 17'),
    ],
  ],
])('with %s it becomes these lines', (_what, props, expected) => {
  expect(partsWith(props)).toEqual({
    '10-ip-forward': 'sysctl net.ipv4.ip_forward=1\n',
    '10-ipvs-conntrack': 'sysctl net.ipv4.vs.conntrack=1\n',
    [PART]: lines(...expected, ''),
  });
});

test('with IPv6 it is the same by the tools of IPv6', () => {
  expect(partsWith({ vip: '2001:db8:0::1/64', realServers: [{ address: 'fd00::5', port: 80 }] })).toEqual({
    '10-ip6-forward': 'sysctl net.ipv6.conf.all.forwarding=1\n',
    '10-ipvs-conntrack': 'sysctl net.ipv4.vs.conntrack=1\n',
    [PART]: lines(
      'ip -6 addr add 2001:db8::1/64 dev enp0s5',
      'ipvsadm -A -t [2001:db8::1]:8888 -s rr',
      'ipvsadm -a -t [2001:db8::1]:8888 -r [fd00::5]:80 -m -w 1',
      'ip6tables -t nat -I POSTROUTING -m ipvs --vproto 6 --vaddr 2001:db8::1 --vport 8888 --vmethod MASQ -j MASQUERADE --random-fully',
      'ip6tables -t filter -I FORWARD -m conntrack --ctstate RELATED,ESTABLISHED --ctproto 6 --ctorigdst 2001:db8::1 --ctorigdstport 8888 -j ACCEPT',
      '',
    ),
  });
});

test('two VIPs on a host share what is of the host', () => {
  const stack = newStack();
  const host = newHost(stack);
  new FullNatVip(stack, 'web', { host, ...WEB });
  new FullNatVip(stack, 'api', { host, ...WEB, port: 8889 });
  expect(Object.keys(synthesize(stack).parts('cloudos1'))).toEqual([
    '10-ip-forward',
    '10-ipvs-conntrack',
    '50-full-nat lab/api',
    PART,
  ]);
});

test('addresses and the device may be known at apply, the length of the network not', () => {
  const stack = newStack();
  const [ip, rip, device] = ['ip', 'rip', 'device'].map(
    (id) => new TerraformVariable(stack, id, { nullable: false }).stringValue,
  );
  if (ip === undefined || rip === undefined || device === undefined) throw new Error('three were made');
  const props = { host: newHost(stack), port: 8888, realServers: [{ address: rip, port: 80 }], device };
  new FullNatVip(stack, 'web', { ...props, vip: `${ip}/24`, masquerade: 'none' });
  expect(synthesize(stack).configuration).toHaveProperty(
    ['locals', 'gatewright_parts_cloudos1', PART],
    lines(
      'ip addr add ${var.ip}/24 dev ${var.device}',
      'ipvsadm -A -t ${var.ip}:8888 -s wlc',
      'ipvsadm -a -t ${var.ip}:8888 -r ${var.rip}:80 -m -w 1',
      'iptables -t filter -I FORWARD -m conntrack --ctstate RELATED,ESTABLISHED --ctproto 6 --ctorigdst ${var.ip} --ctorigdstport 8888 -j ACCEPT',
      '',
    ),
  );
  expect(refusal(() => new FullNatVip(stack, 'other', { ...props, vip: ip }))).toContain(
    'vip has no prefix length\nat: lab/other\ngiven: a token\n',
  );
});

test.each<readonly [what: string, props: object, expected: readonly string[]]>([
  [
    'a VIP without prefix',
    { vip: '182.16.100.101' },
    [
      'vip has no prefix length',
      'given: 182.16.100.101',
      'allowed: an address and the length of its network, such as 182.16.100.101/24',
      'to do: write 182.16.100.101/24 if its network is a /24, or 182.16.100.101/32 for the address alone',
    ],
  ],
  [
    'a prefix length of 33',
    { vip: '182.16.100.101/33' },
    ['vip has a prefix length that there is not', 'given: 182.16.100.101/33', 'allowed: 1 to 32'],
  ],
  [
    'a name for a VIP',
    { vip: 'gateway/24' },
    [
      'vip is not an address',
      'given: gateway/24',
      'allowed: an address and the length of its network, such as 182.16.100.101/24',
    ],
  ],
  [
    'a device with a slash',
    { device: 'eth0/1' },
    [
      'device is not valid',
      'given: "eth0/1"',
      'allowed: the name of a network device, at most 15 characters, without what `ip link` shows behind an @',
    ],
  ],
  ['port 0', { port: 0 }, ['port is out of range', 'given: 0', 'allowed: 1 to 65535']],
  [
    'real servers of the other family',
    { realServers: [{ address: 'fd00::5', port: 80 }] },
    [
      'the VIP and its real servers are of two families, between which nat does not translate',
      'given: 182.16.100.101, fd00::5',
      'allowed: addresses of one family',
      'to do: give real servers of the family of the VIP, or declare a VIP for each family',
    ],
  ],
  [
    'a real server by direct routing',
    { realServers: [{ address: '172.16.100.5', port: 80, forward: 'dr' }] },
    [
      'this version has no such prop',
      'given: forward',
      'allowed: address, port, weight',
      'to do: leave it out: nothing would come of it',
    ],
  ],
  [
    'a real server of weight -1',
    { realServers: [{ address: '172.16.100.5', port: 80, weight: -1 }] },
    ['realServers[0].weight is out of range', 'given: -1', 'allowed: 0 to 2147483647'],
  ],
  [
    'a masquerade of its own kind',
    { masquerade: 'clients' },
    ['masquerade is not valid', 'given: "clients"', 'allowed: vip, all, none'],
  ],
])('a VIP with %s is refused at once', (_what, props, [what = '', ...rest]) => {
  const stack = newStack();
  const host = newHost(stack);
  expect(refusal(() => new FullNatVip(stack, 'web', { host, ...WEB, ...props }))).toBe(
    lines(what, 'at: lab/web', ...rest),
  );
});
