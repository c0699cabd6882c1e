// The props of Host: each bad one with the text of its error, which comes at once and with the construct's path.
import { expect, test } from 'vitest';
import type { HostProps } from '../../lib/index';
import { Host } from '../../lib/index';
import { lines, newHost, newStack, refusal } from './stacks';

test.each<readonly [what: string, props: Partial<HostProps>, expected: readonly string[]]>([
  [
    'port 70000',
    { port: 70_000 },
    ['port is out of range', 'at: lab/cloudos1', 'given: 70000', 'allowed: 1 to 65535'],
  ],
  [
    'port 22.5',
    { port: 22.5 },
    ['port is out of range', 'at: lab/cloudos1', 'given: 22.5', 'allowed: 1 to 65535'],
  ],
  [
    'an address with a user',
    { address: 'root@192.0.2.6' },
    [
      'address is not valid',
      'at: lab/cloudos1',
      'given: "root@192.0.2.6"',
      'allowed: a host name or an IP address, without port, user or brackets',
    ],
  ],
  [
    'a user with a space',
    { user: 'a b' },
    ['user is not valid', 'at: lab/cloudos1', 'given: "a b"', 'allowed: a user name without spaces'],
  ],
  [
    'a line of known_hosts as host key',
    { hostKey: '192.0.2.6 ssh-ed25519 AAAA' },
    [
      'hostKey is not valid',
      'at: lab/cloudos1',
      'given: "192.0.2.6 ssh-ed25519 AAAA"',
      'allowed: a key type and a key in base64, such as ssh-ed25519 AAAA…, without the host name before it',
    ],
  ],
  [
    'a relative key path of a bastion',
    { bastion: { address: 'jump', privateKeyPath: 'keys/id' } },
    [
      'bastion.privateKeyPath is not valid',
      'at: lab/cloudos1',
      'given: "keys/id"',
      "allowed: an absolute path, or one that begins with ~/; path.resolve('…') makes one of a relative path",
    ],
  ],
  [
    'a scope with a slash',
    { scope: 'a/b', chainPrefix: 'AB-' },
    [
      'scope is not valid',
      'at: lab/cloudos1',
      'given: "a/b"',
      'allowed: letters, digits, ., _ and -, a letter or digit first, at most 63 characters',
    ],
  ],
  [
    'another scope without a prefix',
    { scope: 'web' },
    [
      'a scope of its own needs a chainPrefix of its own: two scopes must not own the same chains',
      'at: lab/cloudos1',
      'given: scope web, no chainPrefix',
      'allowed: a letter first, then letters, digits, _ and -, the last a -, 2 to 8 characters: chain names have at most 28, and ours are up to 20 longer',
      "to do: choose one, such as chainPrefix: 'WEB-'",
    ],
  ],
  [
    'a prefix that makes chain names of more than 28 characters',
    { chainPrefix: 'GATEWAYS-' },
    [
      'chainPrefix is not valid',
      'at: lab/cloudos1',
      'given: "GATEWAYS-"',
      'allowed: a letter first, then letters, digits, _ and -, the last a -, 2 to 8 characters: chain names have at most 28, and ours are up to 20 longer',
    ],
  ],
  [
    'a mark of two bits',
    { masqueradeMark: 0x6000 },
    [
      'masqueradeMark is not one bit',
      'at: lab/cloudos1',
      'given: 0x6000',
      'allowed: a power of two from 0x1 to 0x80000000',
    ],
  ],
  [
    'a mark beyond 32 bits',
    { masqueradeMark: 2 ** 32 },
    [
      'masqueradeMark is not one bit',
      'at: lab/cloudos1',
      'given: 0x100000000',
      'allowed: a power of two from 0x1 to 0x80000000',
    ],
  ],
  [
    'a network that is none',
    { podCidr: '10.5.75.0/33' },
    ['podCidr is no network', 'at: lab/cloudos1', 'given: 10.5.75.0/33', 'allowed: a length of 0 to 32'],
  ],
  [
    'a network with host bits',
    { clusterCidr: '10.5.75.1/24' },
    [
      'clusterCidr is an address in a network, not the network',
      'at: lab/cloudos1',
      'given: 10.5.75.1/24',
      'allowed: host bits of zero',
      'to do: write 10.5.75.0/24, or 10.5.75.1/32 for the one address',
    ],
  ],
  [
    'a network with a leading zero',
    { podCidr: '10.05.75.0/24' },
    [
      'podCidr has a number with a leading zero, which is octal to some programs and decimal to others',
      'at: lab/cloudos1',
      'given: 10.05.75.0/24',
      'allowed: numbers without leading zeros',
      'to do: write 10.5.75.0/24 if you mean that',
    ],
  ],
  [
    'two networks of one family',
    { podCidr: ['fd00:75::/64', 'fd00:88::/64'] },
    [
      'podCidr has two of one family',
      'at: lab/cloudos1',
      'given: fd00:75::/64, fd00:88::/64',
      'allowed: one of IPv4, one of IPv6, or one of each',
    ],
  ],
  [
    'a network of all addresses',
    { podCidr: '0.0.0.0/0' },
    [
      'podCidr is all addresses, from which nothing can be told apart',
      'at: lab/cloudos1',
      'given: 0.0.0.0/0',
      'allowed: such as 10.5.75.0/24',
      'to do: leave it out where nothing is to be masqueraded',
    ],
  ],
  [
    'a bridge as `ip link` shows it with its peer',
    { podBridge: 'veth0@if5' },
    [
      'podBridge is not valid',
      'at: lab/cloudos1',
      'given: "veth0@if5"',
      'allowed: the name of a network device, at most 15 characters, without what `ip link` shows behind an @',
    ],
  ],
  [
    'a bridge with too long a name',
    { podBridge: 'abcdefghijklmnop' },
    [
      'podBridge is not valid',
      'at: lab/cloudos1',
      'given: "abcdefghijklmnop"',
      'allowed: the name of a network device, at most 15 characters, without what `ip link` shows behind an @',
    ],
  ],
  [
    'two ways to tell pods',
    { podBridge: 'cni0', podInterfacePrefix: 'veth' },
    [
      'packets of pods are told from others in one way',
      'at: lab/cloudos1',
      'given: podBridge and podInterfacePrefix',
      'allowed: one of clusterCidr, podBridge and podInterfacePrefix, or none of them, and then podCidr decides',
      'to do: leave all but one out',
    ],
  ],
  [
    'a negative wait',
    { lockTimeoutSeconds: -1 },
    ['lockTimeoutSeconds is out of range', 'at: lab/cloudos1', 'given: -1', 'allowed: 0 to 3600'],
  ],
  [
    'more than a day to drain',
    { drainTimeoutSeconds: 86401 },
    ['drainTimeoutSeconds is out of range', 'at: lab/cloudos1', 'given: 86401', 'allowed: 0 to 86400'],
  ],
  [
    'an address for a network to manage it from',
    { managementCidrs: ['10.0.0.0/8', '192.0.2.7/24'] },
    [
      'managementCidrs[1] is an address in a network, not the network',
      'at: lab/cloudos1',
      'given: 192.0.2.7/24',
      'allowed: host bits of zero',
      'to do: write 192.0.2.0/24, or 192.0.2.7/32 for the one address',
    ],
  ],
  [
    'a network without a length',
    { managementCidrs: ['2001:db8::7'] },
    [
      'managementCidrs[0] is no network',
      'at: lab/cloudos1',
      'given: 2001:db8::7',
      'allowed: an address, a slash and a length, such as 192.0.2.0/24 or 2001:db8::/32',
      'to do: write 2001:db8::7/128 for the one address',
    ],
  ],
  [
    'a probe of another port',
    { probes: [{ kind: 'tcp', address: 'gw', port: 0 }] },
    ['probes[0].port is out of range', 'at: lab/cloudos1', 'given: 0', 'allowed: 1 to 65535'],
  ],
  [
    'a probe of an address with a port',
    { probes: [{ kind: 'tcp', address: 'gw/x', port: 80 }] },
    [
      'probes[0].address is not valid',
      'at: lab/cloudos1',
      'given: "gw/x"',
      'allowed: a host name or an IP address, without port, user or brackets',
    ],
  ],
  [
    'a probe of a URL with a password, which is not shown',
    { probes: [{ kind: 'http', url: 'http://me:secret@gw' }] },
    [
      'probes[0].url is not valid',
      'at: lab/cloudos1',
      'allowed: a URL that begins with http:// or https://, without user and password',
    ],
  ],
  [
    'a probe without a program',
    {
      probes: [
        { kind: 'command', command: ['true'] },
        { kind: 'command', command: [] },
      ],
    },
    ['probes[1].command is empty', 'at: lab/cloudos1', 'allowed: a program and its words'],
  ],
  [
    'a probe with words of two lines',
    { probes: [{ kind: 'command', command: ['echo', 'a\nb'] }] },
    [
      'probes[0].command[1] is not valid',
      'at: lab/cloudos1',
      'given: "a\\nb"',
      'allowed: text without line breaks and NUL',
    ],
  ],
  [
    'a word that says nothing of a reboot',
    Object.fromEntries([['persist', 'always']]),
    [
      'persist is no word for what a reboot does',
      'at: lab/cloudos1',
      'given: always',
      'allowed: fail-open, fail-closed or none',
    ],
  ],
])('a host with %s is refused at once', (_what, props, expected) => {
  expect(refusal(() => newHost(newStack(), props))).toBe(lines(...expected));
});

test('a prop of another version is not accepted and ignored', () => {
  const spread = { address: '192.0.2.6', waves: 'none' };
  expect(refusal(() => new Host(newStack(), 'cloudos1', spread))).toBe(
    lines(
      'this version has no such prop',
      'at: lab/cloudos1',
      'given: waves',
      'allowed: address, port, user, hostKey, sudo, bastion, provider, scope, chainPrefix, masqueradeMark, nodeAddresses, podCidr, clusterCidr, podBridge, podInterfacePrefix, randomFully, dropInvalid, persist, lockTimeoutSeconds, confirmTimeoutSeconds, drainTimeoutSeconds, probes, managementCidrs, adopt, allowLockout',
      'to do: leave it out: nothing would come of it',
    ),
  );
});

test('all that is wrong with a host is said at once', () => {
  expect(refusal(() => newHost(newStack(), { port: 0, user: '' }))).toBe(
    lines(
      'port is out of range',
      'at: lab/cloudos1',
      'given: 0',
      'allowed: 1 to 65535',
      '',
      'user is not valid',
      'at: lab/cloudos1',
      'given: ""',
      'allowed: a user name without spaces',
    ),
  );
});
