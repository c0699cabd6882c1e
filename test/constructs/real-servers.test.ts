// DirectRoutingRealServer, TunnelRealServer and RealServerRoute: what a real server itself gets, and the text of each refusal.
import { TerraformVariable } from 'cdktf';
import { expect, test } from 'vitest';
import { DirectRoutingRealServer, RealServerRoute, TunnelRealServer } from '../../lib/index';
import { lines, newHost, newStack, refusal, synthesize } from './stacks';

const QUIET = lines('sysctl net.ipv4.conf.all.arp_ignore=1', 'sysctl net.ipv4.conf.all.arp_announce=2', '');
const TUNNEL = lines(
  'sysctl net.ipv4.conf.all.rp_filter=0',
  'sysctl net.ipv4.conf.tunl0.rp_filter=0',
  'ip link set tunl0 up',
  '',
);

test.each([
  [
    'direct routing',
    DirectRoutingRealServer,
    '192.168.2.110',
    { '10-quiet-arp': QUIET, '50-real-server lab/web': 'ip addr add 192.168.2.110/32 dev lo\n' },
  ],
  [
    'direct routing of IPv6, which needs no quiet ARP',
    DirectRoutingRealServer,
    '2001:DB8::0:110/128',
    { '50-real-server lab/web': 'ip -6 addr add 2001:db8::110/128 dev lo\n' },
  ],
  [
    'a tunnel',
    TunnelRealServer,
    '192.168.2.110/32',
    {
      '10-quiet-arp': QUIET,
      '10-tunl0': TUNNEL,
      '50-real-server lab/web': 'ip addr add 192.168.2.110/32 dev tunl0\n',
    },
  ],
])('a real server for %s gets the VIP, alone', (_what, RealServer, vip, expected) => {
  const stack = newStack();
  new RealServer(stack, 'web', { host: newHost(stack), vip });
  expect(synthesize(stack).parts('cloudos1')).toEqual(expected);
});

test('a real server of several VIPs shares what is of the host', () => {
  const stack = newStack();
  const host = newHost(stack);
  new TunnelRealServer(stack, 'a', { host, vip: '192.168.2.110' });
  new TunnelRealServer(stack, 'b', { host, vip: '192.168.2.111' });
  new DirectRoutingRealServer(stack, 'c', { host, vip: '192.168.2.112' });
  expect(Object.keys(synthesize(stack).parts('cloudos1'))).toEqual([
    '10-quiet-arp',
    '10-tunl0',
    '50-real-server lab/a',
    '50-real-server lab/b',
    '50-real-server lab/c',
  ]);
});

test.each([
  ['direct routing', DirectRoutingRealServer, 'lo'],
  ['a tunnel', TunnelRealServer, 'tunl0'],
])('the VIP of %s may be known at apply', (_what, RealServer, device) => {
  const stack = newStack();
  const vip = new TerraformVariable(stack, 'vip', { nullable: false }).stringValue;
  new RealServer(stack, 'web', { host: newHost(stack), vip });
  expect(synthesize(stack).configuration).toHaveProperty(
    ['locals', 'gatewright_parts_cloudos1', '50-real-server lab/web'],
    `ip addr add \${var.vip}/32 dev ${device}\n`,
  );
});

test.each<readonly [what: string, vip: string, expected: readonly string[]]>([
  [
    'a VIP with its network',
    '192.168.2.110/24',
    [
      'vip has the length of a network, and a real server would then take that whole network for its own',
      'given: 192.168.2.110/24',
      'allowed: the address alone, or with /32',
      'to do: leave /24 out',
    ],
  ],
  [
    'a VIP of IPv6',
    'fd00::110',
    [
      'vip is IPv6, and tunl0 carries IPv4',
      'given: fd00::110',
      'allowed: an IPv4 address',
      'to do: take DirectRoutingRealServer, or declare an ip6tnl device and the lines for it with host.declare',
    ],
  ],
  ['a name', 'web', ['vip is not an IPv4 address', 'given: web', 'allowed: such as 10.96.0.10']],
])('a real server behind a tunnel with %s is refused at once', (_what, vip, [what = '', ...rest]) => {
  const stack = newStack();
  expect(refusal(() => new TunnelRealServer(stack, 'web', { host: newHost(stack), vip }))).toBe(
    lines(what, 'at: lab/web', ...rest),
  );
});

const WEB = { realServerAddress: '192.168.1.2', director: '192.168.1.9' } as const;

test.each([
  [
    'by itself',
    {},
    ['ip route add default via 192.168.1.9 table 80', 'ip rule add pref 1000 from 192.168.1.2 lookup 80'],
  ],
  [
    'with a table and a preference',
    { table: 1000, preference: 90 },
    ['ip route add default via 192.168.1.9 table 1000', 'ip rule add pref 90 from 192.168.1.2 lookup 1000'],
  ],
  [
    'of IPv6',
    { realServerAddress: 'fd00::2', director: 'fd00::0:9' },
    ['ip -6 route add default via fd00::9 table 80', 'ip -6 rule add pref 1000 from fd00::2 lookup 80'],
  ],
])('a route back %s becomes these lines', (_what, props, expected) => {
  const stack = newStack();
  new RealServerRoute(stack, 'web', { host: newHost(stack), ...WEB, ...props });
  expect(synthesize(stack).parts('cloudos1')).toEqual({
    '50-real-server-route lab/web': lines(...expected, ''),
  });
});

test.each<readonly [what: string, props: object, expected: readonly string[]]>([
  [
    'the main table',
    { table: 254 },
    [
      "table is one of the kernel's own, whose routes count for all packets of the host",
      'given: 254',
      'allowed: 1 to 252, 256 to 4294967295',
      'to do: leave table out: it is then 80',
    ],
  ],
  ['preference 0', { preference: 0 }, ['preference is out of range', 'given: 0', 'allowed: 1 to 32765']],
  [
    'two families',
    { director: 'fd00::9' },
    [
      'the real server and the director are of two families',
      'given: 192.168.1.2, fd00::9',
      'allowed: addresses of one family',
      'to do: give the address that the director has in the network of realServerAddress',
    ],
  ],
  [
    'a network for a director',
    { director: '192.168.1.9/24' },
    ['director is not an address', 'given: 192.168.1.9/24', 'allowed: such as 10.96.0.10 or fd00::10'],
  ],
])('a route back with %s is refused at once', (_what, props, [what = '', ...rest]) => {
  const stack = newStack();
  const host = newHost(stack);
  expect(refusal(() => new RealServerRoute(stack, 'web', { host, ...WEB, ...props }))).toBe(
    lines(what, 'at: lab/web', ...rest),
  );
});

test('two addresses of a host share a table by one director, and with two directors need two', () => {
  const stack = newStack();
  const host = newHost(stack);
  new RealServerRoute(stack, 'web', { host, ...WEB });
  new RealServerRoute(stack, 'api', { host, ...WEB, realServerAddress: '192.168.1.3' });
  const other = { host, realServerAddress: '192.168.7.2', director: '192.168.7.9' };
  expect(refusal(() => new RealServerRoute(stack, 'db', other))).toBe(
    lines(
      'the default route of table 80 is declared with two values on host lab/cloudos1',
      'at: lab/db',
      'given: 192.168.7.9, but 192.168.1.9 by lab/web',
      'allowed: one value; several constructs may give the same',
      'to do: give both the same value, or something of its own to each',
    ),
  );
  new RealServerRoute(stack, 'db-81', { ...other, table: 81 });
  new RealServerRoute(stack, 'web-6', { host, realServerAddress: 'fd00::2', director: 'fd00::9' });
  expect(Object.keys(synthesize(stack).parts('cloudos1'))).toEqual([
    '50-real-server-route lab/api',
    '50-real-server-route lab/db-81',
    '50-real-server-route lab/web',
    '50-real-server-route lab/web-6',
  ]);
});
