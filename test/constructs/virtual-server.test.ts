// VirtualServer: the lines of each kind of it, and the text of each refusal.
import { TerraformVariable } from 'cdktf';
import { expect, test } from 'vitest';
import { FullNatVip, VirtualServer } from '../../lib/index';
import { lines, newHost, newStack, refusal, synthesize } from './stacks';

const PART = '50-virtual-server lab/web';

function partsWith(props: object): Readonly<Record<string, unknown>> {
  const stack = newStack();
  declare(stack, props);
  return synthesize(stack).parts('cloudos1');
}

function declare(stack: ReturnType<typeof newStack>, props: object): void {
  const complete = { host: newHost(stack), realServers: [], ...props };
  new VirtualServer(stack, 'web', complete);
}

test.each([
  [
    'by nat, on the host itself, where nothing is forwarded',
    {
      address: '127.0.0.1',
      port: 32_016,
      scheduler: 'rr',
      realServers: [
        { address: '127.0.0.1', port: 8001 },
        { address: '127.0.0.1', port: 8000, weight: 0 },
      ],
    },
    {
      [PART]: lines(
        'ipvsadm -A -t 127.0.0.1:32016 -s rr',
        'ipvsadm -a -t 127.0.0.1:32016 -r 127.0.0.1:8000 -m -w 0',
        'ipvsadm -a -t 127.0.0.1:32016 -r 127.0.0.1:8001 -m -w 1',
        '',
      ),
    },
  ],
  [
    'by nat',
    { address: '10.0.0.1', port: 80, realServers: [{ address: '172.16.100.5', port: 8080 }] },
    {
      '10-ip-forward': 'sysctl net.ipv4.ip_forward=1\n',
      [PART]: lines(
        'ipvsadm -A -t 10.0.0.1:80 -s wlc',
        'ipvsadm -a -t 10.0.0.1:80 -r 172.16.100.5:8080 -m -w 1',
        '',
      ),
    },
  ],
  [
    'by direct routing, bound to a device',
    {
      address: '192.168.2.110',
      port: 80,
      bindTo: 'eth0',
      realServers: [{ address: '192.168.1.2', forward: 'dr', upperThreshold: 100, lowerThreshold: 80 }],
    },
    {
      [PART]: lines(
        'ip addr add 192.168.2.110/32 dev eth0',
        'ipvsadm -A -t 192.168.2.110:80 -s wlc',
        'ipvsadm -a -t 192.168.2.110:80 -r 192.168.1.2:80 -g -w 1 -x 100 -y 80',
        '',
      ),
    },
  ],
  [
    'of UDP by tunnel, persistent, with flags in the order of ipvsadm',
    {
      address: '192.168.2.110',
      port: 53,
      protocol: 'udp',
      scheduler: 'sh',
      schedulerFlags: ['sh-port', 'sh-fallback'],
      persistenceTimeoutSeconds: 360,
      realServers: [{ address: '192.168.1.2', forward: 'tunnel' }],
    },
    {
      [PART]: lines(
        'ipvsadm -A -u 192.168.2.110:53 -s sh -p 360 -b sh-fallback,sh-port',
        'ipvsadm -a -u 192.168.2.110:53 -r 192.168.1.2:53 -i -w 1 --tun-type ipip',
        '',
      ),
    },
  ],
  [
    'of SCTP and IPv6',
    {
      address: '2001:DB8:0::1',
      port: 80,
      protocol: 'sctp',
      realServers: [{ address: '2001:db8:0:0::2', port: 8080 }],
    },
    {
      '10-ip6-forward': 'sysctl net.ipv6.conf.all.forwarding=1\n',
      [PART]: lines(
        'ipvsadm -A --sctp-service [2001:db8::1]:80 -s wlc',
        'ipvsadm -a --sctp-service [2001:db8::1]:80 -r [2001:db8::2]:8080 -m -w 1',
        '',
      ),
    },
  ],
  [
    'by firewall mark',
    { firewallMark: 2, realServers: [{ address: '10.0.0.9', forward: 'dr' }] },
    { [PART]: lines('ipvsadm -A -f 2 -s wlc', 'ipvsadm -a -f 2 -r 10.0.0.9:0 -g -w 1', '') },
  ],
  [
    'by firewall mark of IPv6',
    { firewallMark: 2, realServers: [{ address: 'fd00::9', forward: 'dr' }] },
    { [PART]: lines('ipvsadm -A -f 2 -6 -s wlc', 'ipvsadm -a -f 2 -6 -r [fd00::9]:0 -g -w 1', '') },
  ],
  [
    'for every port of an address',
    { address: '10.0.0.1', persistenceTimeoutSeconds: 60 },
    { [PART]: 'ipvsadm -A -t 10.0.0.1:0 -s wlc -p 60\n' },
  ],
])('a virtual server %s becomes these lines', (_what, props, expected) => {
  expect(partsWith(props)).toEqual(expected);
});

test('addresses that are known at apply stand in their places', () => {
  const stack = newStack();
  const address = new TerraformVariable(stack, 'rip', { nullable: false }).stringValue;
  declare(stack, { address: '10.0.0.1', port: 80, realServers: [{ address }] });
  expect(synthesize(stack).configuration).toHaveProperty(
    ['locals', 'gatewright_parts_cloudos1', PART],
    lines('ipvsadm -A -t 10.0.0.1:80 -s wlc', 'ipvsadm -a -t 10.0.0.1:80 -r ${var.rip}:80 -m -w 1', ''),
  );
});

const VIP = { address: '10.0.0.1', port: 80 } as const;
const RIP = { address: '10.0.0.2' } as const;

test.each<readonly [what: string, props: object, expected: readonly string[]]>([
  [
    'an unknown scheduler',
    { ...VIP, scheduler: 'round-robin' },
    [
      'scheduler is not valid',
      'given: "round-robin"',
      'allowed: rr, wrr, lc, wlc, lblc, lblcr, dh, sh, sed, nq, fo, ovf, mh, twos',
    ],
  ],
  [
    'a weight over that of ipvsadm',
    { ...VIP, realServers: [{ ...RIP, weight: 2_147_483_648 }] },
    ['realServers[0].weight is out of range', 'given: 2147483648', 'allowed: 0 to 2147483647'],
  ],
  [
    'a flag of another scheduler',
    { ...VIP, scheduler: 'mh', schedulerFlags: ['sh-port'] },
    [
      'scheduler mh has no flag sh-port',
      'given: sh-port',
      'allowed: sh-fallback and sh-port with sh, mh-fallback and mh-port with mh',
    ],
  ],
  [
    'a real server twice, once with the port and once without',
    { ...VIP, realServers: [RIP, { ...RIP, port: 80 }] },
    [
      'a real server stands twice in realServers',
      'given: 10.0.0.2:80',
      'allowed: each address and port once',
      'to do: leave one out; for a larger share give it a larger weight',
    ],
  ],
  [
    'another port with dr',
    { ...VIP, realServers: [{ ...RIP, port: 8080, forward: 'dr' }] },
    [
      "realServers[0].port is another than the virtual server's, and with dr packets keep their port",
      'given: 8080',
      'allowed: 80',
      'to do: leave port out, or forward by nat',
    ],
  ],
  [
    'a port of its own in a tunnel behind a firewall mark',
    { firewallMark: 1, realServers: [{ ...RIP, port: 8080, forward: 'tunnel' }] },
    [
      "realServers[0].port is another than the virtual server's, and with tunnel packets keep their port",
      'given: 8080',
      'allowed: no port',
      'to do: leave port out, or forward by nat',
    ],
  ],
  [
    'a forward method as listings of ipvsadm name it',
    { ...VIP, realServers: [{ ...RIP, forward: 'Masq' }] },
    ['realServers[0].forward is not valid', 'given: "Masq"', 'allowed: nat, dr, tunnel'],
  ],
  [
    'two families',
    { ...VIP, realServers: [{ address: 'fd00::2' }] },
    [
      'the virtual server and its real servers are of two families, which the kernel takes with forward tunnel alone',
      'given: 10.0.0.1, fd00::2',
      'allowed: addresses of one family',
      'to do: declare a virtual server for each family',
    ],
  ],
  [
    'a lower threshold above the upper one',
    { ...VIP, realServers: [{ ...RIP, upperThreshold: 10, lowerThreshold: 20 }] },
    [
      'realServers[0].lowerThreshold is above upperThreshold, which the kernel refuses',
      'given: lowerThreshold 20, upperThreshold 10',
      'allowed: a lowerThreshold up to upperThreshold',
      'to do: swap the two',
    ],
  ],
  [
    'a lower threshold without an upper one',
    { ...VIP, realServers: [{ ...RIP, lowerThreshold: 20 }] },
    [
      'realServers[0].lowerThreshold is above upperThreshold, which the kernel refuses',
      'given: lowerThreshold 20, upperThreshold 0',
      'allowed: a lowerThreshold up to upperThreshold',
      'to do: give an upperThreshold too, or leave lowerThreshold out',
    ],
  ],
  [
    'a persistence of no time',
    { ...VIP, persistenceTimeoutSeconds: 0 },
    ['persistenceTimeoutSeconds is out of range', 'given: 0', 'allowed: 1 to 2678400'],
  ],
  [
    'neither address nor firewall mark',
    {},
    [
      'a virtual server is one by address or one by firewall mark',
      'given: neither address nor firewallMark',
      'allowed: address with port, protocol and bindTo; or firewallMark without any of them',
    ],
  ],
  [
    'both',
    { ...VIP, firewallMark: 1 },
    [
      'a virtual server is one by address or one by firewall mark',
      'given: firewallMark and address, port',
      'allowed: address with port, protocol and bindTo; or firewallMark without any of them',
    ],
  ],
  [
    'no port and no persistence',
    { address: '10.0.0.1' },
    [
      'a virtual server for every port needs persistence: the kernel refuses it without',
      'given: neither port nor persistenceTimeoutSeconds',
      'allowed: a port of 1 to 65535, or persistenceTimeoutSeconds and no port',
      'to do: give the port',
    ],
  ],
  [
    'an address with a prefix length',
    { address: '10.0.0.1/32', port: 80 },
    ['address is not an address', 'given: 10.0.0.1/32', 'allowed: such as 10.96.0.10 or fd00::10'],
  ],
  [
    'firewall mark 0',
    { firewallMark: 0 },
    ['firewallMark is out of range', 'given: 0', 'allowed: 1 to 4294967295'],
  ],
  [
    'a device with too long a name',
    { ...VIP, bindTo: 'abcdefghijklmnop' },
    [
      'bindTo is not valid',
      'given: "abcdefghijklmnop"',
      'allowed: the name of a network device, at most 15 characters, without what `ip link` shows behind an @',
    ],
  ],
])('a virtual server with %s is refused at once', (_what, props, [what = '', ...rest]) => {
  expect(
    refusal(() => {
      declare(newStack(), props);
    }),
  ).toBe(lines(what, 'at: lab/web', ...rest));
});

test('a second virtual server of one address, port and protocol is an error that names both, whatever the construct', () => {
  const stack = newStack();
  const host = newHost(stack);
  new FullNatVip(stack, 'first', { host, vip: '10.0.0.1/24', device: 'eth0', port: 80, realServers: [] });
  expect(refusal(() => new VirtualServer(stack, 'second', { host, ...VIP, realServers: [] }))).toBe(
    lines(
      'virtual server 10.0.0.1:80/tcp is declared twice on host lab/cloudos1',
      'at: lab/second',
      'given: first by lab/first, again by lab/second',
      'allowed: one of a kind on a host and scope',
      'to do: rename or remove one of them',
    ),
  );
});
