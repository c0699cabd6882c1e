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
      'endpoints[1].address is of a family of which the service has no cluster IP',
      'given: fd00::2',
      'allowed: endpoints of the families of clusterIp',
      'to do: give clusterIp an address of that family too, or leave the endpoint out',
    ],
  ],
  [
    'an endpoint without an address',
    { endpoints: [{ address: 'web.example', port: 80 }] },
    [
      'endpoints[0].address is not an address',
      'given: web.example',
      'allowed: such as 10.96.0.10 or fd00::10',
    ],
  ],
  [
    'an endpoint of port 0',
    { endpoints: [{ address: '10.5.0.2', port: 0 }] },
    ['endpoints[0].port is out of range', 'given: 0', 'allowed: 1 to 65535'],
  ],
  [
    'an endpoint with a leading zero',
    { endpoints: [{ address: '10.5.0.08', port: 80 }] },
    [
      'endpoints[0].address has a number with a leading zero, which is octal to some programs and decimal to others',
      'given: 10.5.0.08',
      'allowed: numbers without leading zeros',
      'to do: write 10.5.0.8 if you mean that',
    ],
  ],
  [
    'an endpoint that has a zone, which is for later',
    { endpoints: [{ address: '10.5.0.2', port: 80, zone: 'a' }] },
    [
      'this version has no such prop',
      'given: zone',
      'allowed: address, port, host, ready, serving, terminating',
      'to do: leave it out: nothing would come of it',
    ],
  ],
  [
    'an endpoint twice',
    { endpoints: [WEB.endpoints[0], WEB.endpoints[0]] },
    ['an endpoint stands twice in endpoints', 'given: 10.5.0.2:8080', 'allowed: each endpoint once'],
  ],
  [
    'an endpoint twice, in two ways to write it',
    {
      clusterIp: 'fd00::10',
      endpoints: [
        { address: 'fd00::2', port: 80 },
        { address: 'FD00:0::0002', port: 80 },
      ],
    },
    ['an endpoint stands twice in endpoints', 'given: [fd00::2]:80', 'allowed: each endpoint once'],
  ],
  [
    'a cluster IP with a leading zero',
    { clusterIp: '10.96.0.010' },
    [
      'clusterIp has a number with a leading zero, which is octal to some programs and decimal to others',
      'given: 10.96.0.010',
      'allowed: numbers without leading zeros',
      'to do: write 10.96.0.10 if you mean that',
    ],
  ],
  [
    'two cluster IPs of one family',
    { clusterIp: ['10.96.0.10', '10.96.0.11'] },
    [
      'clusterIp has two of one family',
      'given: 10.96.0.10, 10.96.0.11',
      'allowed: one of IPv4, one of IPv6, or one of each',
    ],
  ],
  [
    'no cluster IP in a list',
    { clusterIp: [] },
    ['clusterIp is not an address', 'given: nothing', 'allowed: such as 10.96.0.10 or fd00::10'],
  ],
  [
    'an affinity timeout of 0',
    { sessionAffinity: { timeoutSeconds: 0 } },
    ['sessionAffinity.timeoutSeconds is out of range', 'given: 0', 'allowed: 1 to 86400'],
  ],
  [
    'an affinity of another kind',
    { sessionAffinity: { type: 'ClientIP' } },
    [
      'this version has no such prop',
      'given: type',
      'allowed: timeoutSeconds',
      'to do: leave it out: nothing would come of it',
    ],
  ],
  [
    'a policy that is none',
    { internalTrafficPolicy: 'local' },
    ['internalTrafficPolicy is not valid', 'given: "local"', 'allowed: Cluster, Local'],
  ],
  [
    'policy Local and an endpoint of which nobody knows where it is',
    { internalTrafficPolicy: 'Local' },
    [
      'with policy Local it must be known which endpoints are on which host',
      'given: 10.5.0.2, and no podCidr of its family of lab/cloudos1',
      'allowed: endpoints with a host, or known addresses and hosts with a podCidr',
      'to do: give the endpoint its host, or lab/cloudos1 its podCidr',
    ],
  ],
  [
    'an external IP of a family that it has not',
    { externalIps: ['203.0.113.9', '2001:db8::9'] },
    [
      'externalIps[1] is of a family of which the service has no cluster IP',
      'given: 2001:db8::9',
      'allowed: addresses of the families of clusterIp',
      'to do: give clusterIp an address of that family too, or leave this one out',
    ],
  ],
  [
    'an external IP twice',
    { externalIps: ['203.0.113.9', '203.0.113.9'] },
    ['an address stands twice in externalIps', 'given: 203.0.113.9', 'allowed: each address once'],
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
    'a prop of kube-proxy that is for later',
    { trafficDistribution: 'PreferClose' },
    [
      'this version has no such prop',
      'given: trafficDistribution',
      'allowed: hosts, clusterIp, port, protocol, endpoints, name, mode, scheduler, sessionAffinity, internalTrafficPolicy, externalIps, externalTrafficPolicy, masqueradeAll, clusterCidr',
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
    [
      'clusterCidr is no network',
      'given: 10.0.0.0',
      'allowed: an address, a slash and a length, such as 192.0.2.0/24 or 2001:db8::/32',
      'to do: write 10.0.0.0/32 for the one address',
    ],
  ],
  [
    'two cluster networks of one family',
    { clusterCidr: ['fd00:1::/32', 'fd00:2::/32'] },
    [
      'clusterCidr has two of one family',
      'given: fd00:1::/32, fd00:2::/32',
      'allowed: one of IPv4, one of IPv6, or one of each',
    ],
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
