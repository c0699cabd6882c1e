// PodMasquerade, PortForward, SourceNat and ConnectionLimit: the text of each refusal, which comes at once and with the construct's path.
import { expect, test } from 'vitest';
import { ConnectionLimit, PodMasquerade, PortForward, SourceNat } from '../../lib/index';
import { lines, newHost, newStack, refusal } from './stacks';

const LIMIT = { port: 9090, above: 2 } as const;
const FORWARD = { from: { port: 80 }, to: { address: '10.0.0.2', port: 80 } } as const;

test.each<
  readonly [
    what: string,
    Made: 'pods' | 'forward' | 'source' | 'limit',
    props: object,
    expected: readonly string[],
  ]
>([
  [
    'a host without podCidr',
    'pods',
    {},
    [
      'a host does not say which pods are its own',
      'given: lab/cloudos1',
      'allowed: hosts with a podCidr',
      'to do: give lab/cloudos1 its podCidr, a network in 10.244.0.0/16',
    ],
  ],
  [
    'pods outside the cluster',
    'pods',
    { podCidr: '10.245.0.0/24' },
    [
      'the pods of a host are not in the network of all pods',
      'given: podCidr 10.245.0.0/24 of lab/cloudos1',
      'allowed: networks in 10.244.0.0/16',
      'to do: correct clusterCidr, or podCidr of the host',
    ],
  ],
  [
    'an extra network that is none',
    'pods',
    { podCidr: '10.244.0.0/24', extraCidrs: ['172.17.0.1'] },
    ['extraCidrs[0] is not an IPv4 network', 'given: 172.17.0.1', 'allowed: such as 10.5.75.0/24'],
  ],
  [
    'a port beyond the last',
    'forward',
    { from: { port: 65_536 } },
    ['from.port is out of range', 'given: 65536', 'allowed: 1 to 65535'],
  ],
  [
    'a protocol without ports',
    'forward',
    { from: { port: 80, protocol: 'icmp' } },
    ['from.protocol is not valid', 'given: "icmp"', 'allowed: tcp, udp, sctp'],
  ],
  [
    'a target of IPv6',
    'forward',
    { to: { address: 'fd00::2', port: 80 } },
    [
      'to.address is IPv6, which this version does not lay out yet',
      'given: fd00::2',
      'allowed: IPv4',
      'to do: give IPv4 alone, until a later version takes both',
    ],
  ],
  [
    'a source with host bits',
    'source',
    { source: '10.8.0.1/24' },
    [
      'source is an address in a network, not the network',
      'given: 10.8.0.1/24',
      'allowed: host bits of zero',
      'to do: write 10.8.0.0/24',
    ],
  ],
  [
    'a range that runs downwards',
    'source',
    { source: '10.8.0.0/24', to: '192.168.5.5-192.168.5.3' },
    [
      'to is a range that runs downwards',
      'given: 192.168.5.5-192.168.5.3',
      'allowed: an IPv4 address, or two of them with a - between: 192.0.2.3-192.0.2.5',
      'to do: write 192.168.5.3-192.168.5.5',
    ],
  ],
  [
    'a target with a port',
    'source',
    { source: '10.8.0.0/24', to: '192.168.5.5:80' },
    [
      'to is no address and no range of addresses',
      'given: 192.168.5.5:80',
      'allowed: an IPv4 address, or two of them with a - between: 192.0.2.3-192.0.2.5',
    ],
  ],
  [
    'a limit below none',
    'limit',
    { above: -1 },
    ['above is out of range', 'given: -1', 'allowed: 0 to 4294967295'],
  ],
  [
    'a reset of UDP',
    'limit',
    { protocol: 'udp', rejectWith: 'tcp-reset' },
    [
      'rejectWith tcp-reset is of tcp, and there is no such thing in udp',
      'given: tcp-reset',
      'allowed: icmp-port-unreachable, icmp-net-unreachable, icmp-host-unreachable, icmp-proto-unreachable, icmp-net-prohibited, icmp-host-prohibited, icmp-admin-prohibited',
      'to do: leave rejectWith out',
    ],
  ],
])('%s is refused at once', (_what, made, props, [what = '', ...rest]) => {
  const stack = newStack();
  const { podCidr, ...own }: { readonly podCidr?: string } = props;
  const host = newHost(stack, podCidr === undefined ? {} : { podCidr });
  const declare = {
    pods: () => new PodMasquerade(stack, 'x', { hosts: [host], clusterCidr: '10.244.0.0/16', ...own }),
    forward: () => new PortForward(stack, 'x', { host, ...FORWARD, ...own }),
    source: () => new SourceNat(stack, 'x', { host, source: '10.8.0.0/24', ...own }),
    limit: () => new ConnectionLimit(stack, 'x', { host, ...LIMIT, ...own }),
  }[made];
  expect(refusal(declare)).toBe(lines(what, 'at: lab/x', ...rest));
});
