// The props of ClusterIpService: each bad one with the text of its error, which comes at once and with the construct's path.
import { expect, test } from 'vitest';
import { ClusterIpService } from '../../lib/index';
import { lines, newHost, newStack, refusal } from './stacks';

const WEB = {
  clusterIp: '10.96.0.10',
  port: 80,
  endpoints: [{ address: '10.5.0.2', port: 8080 }],
} as const;

test.each<readonly [what: string, props: object, expected: readonly string[]]>([
  ['port 70000', { port: 70_000 }, ['port is out of range', 'given: 70000', 'allowed: 1 to 65535']],
  [
    'an endpoint of the wrong family',
    { endpoints: [WEB.endpoints[0], { address: 'fd00::2', port: 80 }] },
    [
      'endpoints[1].address is IPv6, which this version does not lay out yet',
      'given: fd00::2',
      'allowed: IPv4',
      'to do: give IPv4 alone, until a later version takes both',
    ],
  ],
  [
    'an endpoint without an address',
    { endpoints: [{ address: 'web.example', port: 80 }] },
    ['endpoints[0].address is not an IPv4 address', 'given: web.example', 'allowed: such as 10.96.0.10'],
  ],
  [
    'an endpoint of port 0',
    { endpoints: [{ address: '10.5.0.2', port: 0 }] },
    ['endpoints[0].port is out of range', 'given: 0', 'allowed: 1 to 65535'],
  ],
  [
    'an endpoint that names its host, which is for later',
    { endpoints: [{ address: '10.5.0.2', port: 80, host: undefined }] },
    [
      'this version has no such prop',
      'given: host',
      'allowed: address, port, ready',
      'to do: leave it out: nothing would come of it',
    ],
  ],
  [
    'an endpoint that is going, which is for later',
    { endpoints: [{ address: '10.5.0.2', port: 80, serving: true, terminating: true }] },
    [
      'this version has no such prop',
      'given: serving, terminating',
      'allowed: address, port, ready',
      'to do: leave it out: nothing would come of it',
    ],
  ],
  [
    'an endpoint twice',
    { endpoints: [WEB.endpoints[0], WEB.endpoints[0]] },
    ['an endpoint stands twice in endpoints', 'given: 10.5.0.2:8080', 'allowed: each endpoint once'],
  ],
  [
    'a cluster IP of IPv6',
    { clusterIp: 'fd00::10' },
    [
      'clusterIp is IPv6, which this version does not lay out yet',
      'given: fd00::10',
      'allowed: IPv4',
      'to do: give IPv4 alone, until a later version takes both',
    ],
  ],
  [
    'a cluster IP with a leading zero',
    { clusterIp: '10.96.0.010' },
    ['clusterIp is not an IPv4 address', 'given: 10.96.0.010', 'allowed: such as 10.96.0.10'],
  ],
  [
    'two cluster IPs',
    { clusterIp: ['10.96.0.10', '10.96.0.11'] },
    [
      'clusterIp has more than one address',
      'given: 10.96.0.10, 10.96.0.11',
      'allowed: one IPv4 address: a service has one of each family, and IPv6 comes in a later version',
      'to do: declare a second service for the other address',
    ],
  ],
  [
    'cluster IPs of both families',
    { clusterIp: ['10.96.0.10', 'fd00::10'] },
    [
      'clusterIp is IPv6, which this version does not lay out yet',
      'given: fd00::10',
      'allowed: IPv4',
      'to do: give IPv4 alone, until a later version takes both',
    ],
  ],
  [
    'no cluster IP in a list',
    { clusterIp: [] },
    ['clusterIp is not an IPv4 address', 'given: nothing', 'allowed: such as 10.96.0.10'],
  ],
  [
    'a protocol that is none',
    { protocol: 'icmp' },
    ['protocol is not valid', 'given: "icmp"', 'allowed: tcp, udp, sctp'],
  ],
  [
    'a name without a namespace',
    { name: 'web' },
    [
      'name is not valid',
      'given: "web"',
      'allowed: namespace/service:port or namespace/service, of letters, digits, ., _ and -, at most 200 characters',
    ],
  ],
  [
    'a mode of the userspace days',
    { mode: 'userspace' },
    ['mode is not valid', 'given: "userspace"', 'allowed: iptables, ipvs'],
  ],
  [
    'a scheduler in mode iptables',
    { scheduler: 'lc' },
    [
      'scheduler is of mode ipvs; in mode iptables the endpoint is chosen at random',
      'given: lc',
      "allowed: scheduler with mode: 'ipvs'",
      "to do: leave scheduler out, or give mode: 'ipvs'",
    ],
  ],
  [
    'an unknown scheduler',
    { mode: 'ipvs', scheduler: 'random' },
    [
      'scheduler is not valid',
      'given: "random"',
      'allowed: rr, wrr, lc, wlc, lblc, lblcr, dh, sh, sed, nq, fo, ovf, mh, twos',
    ],
  ],
  ['no hosts', { hosts: [] }, ['hosts is empty', 'given: []', 'allowed: at least one Host']],
  [
    'a policy of kube-proxy that is for later',
    { sessionAffinity: {} },
    [
      'this version has no such prop',
      'given: sessionAffinity',
      'allowed: hosts, clusterIp, port, protocol, endpoints, name, mode, scheduler, masqueradeAll, clusterCidr',
      'to do: leave it out: nothing would come of it',
    ],
  ],
  [
    'a cluster network of all addresses',
    { clusterCidr: '0.0.0.0/0' },
    [
      'clusterCidr is all addresses, from which nothing can be told apart',
      'given: 0.0.0.0/0',
      'allowed: such as 10.5.75.0/24',
      'to do: leave it out where nothing is to be masqueraded',
    ],
  ],
  [
    'a cluster network that is none',
    { clusterCidr: '10.0.0.0' },
    ['clusterCidr is not an IPv4 network', 'given: 10.0.0.0', 'allowed: such as 10.5.75.0/24'],
  ],
])('a service with %s is refused at once', (_what, props, [what = '', ...rest]) => {
  const stack = newStack();
  const hosts = [newHost(stack)];
  expect(refusal(() => new ClusterIpService(stack, 'web', { hosts, ...WEB, ...props }))).toBe(
    lines(what, 'at: lab/web', ...rest),
  );
});

test('a host that stands twice in hosts is refused', () => {
  const stack = newStack();
  const host = newHost(stack);
  expect(refusal(() => new ClusterIpService(stack, 'web', { hosts: [host, host], ...WEB }))).toBe(
    lines('a host stands twice in hosts', 'at: lab/web', 'given: lab/cloudos1', 'allowed: each host once'),
  );
});
