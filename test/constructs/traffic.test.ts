// Dual stack, traffic policies, affinity, external IPs: what the props give a host, and what does not go together.
import { expect, test } from 'vitest';
import type { ClusterIpServiceProps } from '../../lib/index';
import { ClusterIpService, Host, LoadBalancerService, NodePortService } from '../../lib/index';
import { lines, newHost, newStack, refusal, synthesize } from './stacks';

const WEB = {
  clusterIp: '10.96.0.10',
  port: 80,
  endpoints: [
    { address: '10.5.75.2', port: 3000 },
    { address: '10.5.88.2', port: 3000 },
  ],
} as const;
const PODS = { podCidr: '10.5.75.0/24', clusterCidr: '10.5.0.0/16' } as const;

type Parts = Readonly<Record<string, unknown>>;

/** The rules of one chain of the host `cloudos1`, of all its parts, each from its first match on. */
function rulesOf(chain: RegExp, parts: Parts): readonly string[] {
  const pattern = new RegExp(`^(ip6?tables) -t \\w+ -A ${chain.source} (.*)$`);
  return Object.values(parts)
    .flatMap((text) => String(text).split('\n'))
    .flatMap((line) => pattern.exec(line)?.slice(1).join(' ') ?? []);
}

function partsOf(props: Partial<ClusterIpServiceProps>, host: object = PODS): Parts {
  const stack = newStack();
  new ClusterIpService(stack, 'web', { hosts: [newHost(stack, host)], ...WEB, ...props });
  return synthesize(stack).parts('cloudos1');
}

test('a service of both families has its chains in both, each with the endpoints of its family', () => {
  const parts = partsOf(
    {
      clusterIp: ['10.96.0.10', 'FD00:96::0010'],
      endpoints: [...WEB.endpoints, { address: 'fd00:75::2', port: 3000 }],
    },
    { podCidr: ['10.5.75.0/24', 'fd00:75::/64'] },
  );
  expect(Object.keys(parts)).toEqual([
    '10-ip-forward',
    '10-ip6-forward',
    '10-services',
    '50-service lab/web',
  ]);
  expect(rulesOf(/GW-SEP-\w+ -p/, parts)).toEqual([
    'iptables tcp -j DNAT --to-destination 10.5.75.2:3000',
    'iptables tcp -j DNAT --to-destination 10.5.88.2:3000',
    'ip6tables tcp -j DNAT --to-destination "[fd00:75::2]:3000"',
  ]);
  expect(rulesOf(/GW-SVC-\w+ !/, parts)).toEqual([
    'iptables -s 10.5.75.0/24 -d 10.96.0.10/32 -p tcp -m comment --comment "lab/web cluster IP" -m tcp --dport 80 -j GW-MARK-MASQ',
    'ip6tables -s fd00:75::/64 -d fd00:96::10/128 -p tcp -m comment --comment "lab/web cluster IP" -m tcp --dport 80 -j GW-MARK-MASQ',
  ]);
});

test('a service of one family takes the cluster network of its family from a list of both', () => {
  const parts = partsOf({ clusterCidr: ['fd05::/16', '10.5.0.0/16'] }, {});
  expect(rulesOf(/GW-SVC-\w+ !/, parts)).toEqual([
    'iptables -s 10.5.0.0/16 -d 10.96.0.10/32 -p tcp -m comment --comment "lab/web cluster IP" -m tcp --dport 80 -j GW-MARK-MASQ',
  ]);
});

test('a service of IPv6 alone has nothing in IPv4', () => {
  const parts = partsOf({ clusterIp: 'fd00:96::10', endpoints: [{ address: 'fd00:75::2', port: 3000 }] }, {});
  expect(Object.keys(parts)).toEqual(['10-ip6-forward', '10-services', '50-service lab/web']);
  expect(Object.values(parts).join('')).not.toMatch(/^iptables/m);
});

test.each([
  ['an endpoint in the pod network of the host', {}, PODS, ['10.5.75.2:3000']],
  [
    'all where no policy says otherwise',
    { internalTrafficPolicy: 'Cluster' },
    PODS,
    ['10.5.75.2:3000', '10.5.88.2:3000'],
  ],
  ['none, and drops, where all are elsewhere', {}, { podCidr: '10.5.99.0/24' }, []],
] as const)('internalTrafficPolicy Local goes to %s', (_what, props, host, endpoints) => {
  const parts = partsOf({ internalTrafficPolicy: 'Local', ...props }, host);
  const chosen = rulesOf(/GW-SV[CL]-\w+ -m comment --comment/, parts).map(
    (rule) => /-> (\S+)"/.exec(rule)?.[1],
  );
  expect(chosen).toEqual(endpoints);
  expect(rulesOf(/GW-SERVICES/, parts).some((rule) => rule.endsWith('-j DROP'))).toBe(endpoints.length === 0);
});

test('an endpoint that names its host is there, wherever its address is from', () => {
  const stack = newStack();
  const [one, two, twoAgain, three] = [
    newHost(stack),
    new Host(stack, 'two', { address: '192.0.2.2' }),
    new Host(stack, 'two-again', { address: '192.0.2.2', scope: 'again', chainPrefix: 'AGAIN-' }),
    // Another machine behind the same address.
    new Host(stack, 'three', { address: '192.0.2.2', port: 2222 }),
  ];
  const endpoints = [
    { address: '10.5.75.2', port: 3000, host: one },
    { address: '10.5.88.2', port: 3000, host: two },
  ];
  const hosts = [one, two, twoAgain, three];
  new ClusterIpService(stack, 'web', { ...WEB, hosts, endpoints, internalTrafficPolicy: 'Local' });
  const { parts } = synthesize(stack);
  const chosen = hosts.map(({ node }) =>
    rulesOf(/\w+-SVL-\w+ -m comment --comment/, parts(node.id)).map((rule) => /-> (\S+)"/.exec(rule)?.[1]),
  );
  expect(chosen).toEqual([['10.5.75.2:3000'], ['10.5.88.2:3000'], ['10.5.88.2:3000'], []]);
});

test.each([
  ['ready ones, while there are any', [{}, { terminating: true }], ['10.5.75.2:3000']],
  [
    'those that are going and still answer, while none is ready',
    [{ ready: false }, { terminating: true }],
    ['10.5.88.2:3000'],
  ],
  ['none that answers no more', [{ ready: false }, { terminating: true, serving: false }], []],
])('connections go to %s', (_what, [first, second], expected) => {
  const [one, two] = WEB.endpoints;
  const parts = partsOf({
    endpoints: [
      { ...one, ...first },
      { ...two, ...second },
    ],
  });
  const chosen = rulesOf(/GW-SVC-\w+ -m comment --comment/, parts).map((rule) => /-> (\S+)"/.exec(rule)?.[1]);
  expect(chosen).toEqual(expected);
});

test.each([
  [{}, '10800'],
  [{ timeoutSeconds: 60 }, '60'],
])('with affinity %j a client is kept for %s s, in both modes', (sessionAffinity, seconds) => {
  expect(rulesOf(/GW-SVC-\w+ -m comment/, partsOf({ sessionAffinity }))[0]).toContain(
    `-m recent --rcheck --seconds ${seconds} --reap --name GW-SEP-`,
  );
  expect(partsOf({ sessionAffinity, mode: 'ipvs' })['50-service lab/web']).toContain(
    `ipvsadm -A -t 10.96.0.10:80 -s rr -p ${seconds}\n`,
  );
});

test('the node port, the load balancer and the external IPs of a service have one policy, whoever says it', () => {
  const stack = newStack();
  const hosts = [newHost(stack, PODS)];
  const service = new ClusterIpService(stack, 'web', { hosts, ...WEB, externalIps: ['203.0.113.9'] });
  new NodePortService(stack, 'np', { service, nodePort: 30_080 });
  new LoadBalancerService(stack, 'lb', {
    service,
    addresses: ['203.0.113.10'],
    externalTrafficPolicy: 'Local',
    healthCheckNodePort: 30_000,
  });
  const parts = synthesize(stack).parts('cloudos1');
  expect(
    rulesOf(/GW-EXT-\w+/, parts).map((rule) => rule.replace(/-m comment --comment "[^"]*" /, '')),
  ).toEqual([
    'iptables -s 10.5.0.0/16 -j GW-SVC-JVHYC5ZONEZCMFDP',
    'iptables -m addrtype --src-type LOCAL -j GW-MARK-MASQ',
    'iptables -m addrtype --src-type LOCAL -j GW-SVC-JVHYC5ZONEZCMFDP',
    'iptables -j GW-SVL-JVHYC5ZONEZCMFDP',
  ]);
  expect(
    refusal(
      () => new NodePortService(newStack(), 'np', { service, nodePort: 1, externalTrafficPolicy: 'Cluster' }),
    ),
  ).toContain('the node port of service lab/web is declared twice');
});

test('two policies for one service are an error that names both', () => {
  const stack = newStack();
  const hosts = [newHost(stack, PODS)];
  const service = new ClusterIpService(stack, 'web', { hosts, ...WEB, externalTrafficPolicy: 'Cluster' });
  const local = { service, nodePort: 30_080, externalTrafficPolicy: 'Local' } as const;
  expect(refusal(() => new NodePortService(stack, 'np', local))).toBe(
    lines(
      'externalTrafficPolicy of service lab/web is declared with two values on host lab/cloudos1',
      'at: lab/np',
      'given: Local, but Cluster by lab/web',
      'allowed: one value; several constructs may give the same',
      'to do: give both the same value, or something of its own to each',
    ),
  );
});

test('an external IP that is the cluster IP of another service at the same port is refused', () => {
  const stack = newStack();
  const hosts = [newHost(stack)];
  new ClusterIpService(stack, 'web', { hosts, ...WEB });
  const props = { hosts, ...WEB, clusterIp: '10.96.0.11', externalIps: ['10.96.0.10'] };
  expect(refusal(() => new ClusterIpService(stack, 'api', props))).toContain(
    'service address 10.96.0.10:80/tcp is declared twice on host lab/cloudos1',
  );
});

test.each([
  [{}, false],
  [{ dropInvalid: true }, true],
  [{ chainPrefix: 'KUBE-' }, true],
  [{ chainPrefix: 'KUBE-', dropInvalid: false }, false],
])('a host with %j drops what conntrack calls INVALID: %s', (host, expected) => {
  expect(String(partsOf({}, { ...PODS, ...host })['10-services']).includes('--ctstate INVALID -j DROP')).toBe(
    expected,
  );
});
