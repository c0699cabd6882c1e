// IpSet: the lines of a set and its members, how many of them become several parts, and the text of each refusal.
import { TerraformVariable } from 'cdktf';
import { expect, test } from 'vitest';
import type { IpSetProps } from '../../lib/index';
import { Host, IpSet } from '../../lib/index';
import { lines, newHost, newStack, refusal, synthesize } from './stacks';

const BLOCKED = { name: 'blocked', type: 'hash:net', members: [] } as const;

function partsWith(props: Partial<IpSetProps>): Readonly<Record<string, unknown>> {
  const stack = newStack();
  new IpSet(stack, 'set', { hosts: [newHost(stack)], ...BLOCKED, ...props });
  return synthesize(stack).parts('cloudos1');
}

test.each<readonly [what: string, props: Partial<IpSetProps>, expected: readonly string[]]>([
  ['without members', {}, ['ipset create blocked hash:net']],
  [
    'of the seed, whose members stand in the order of their texts',
    { name: 'KUBE-CLUSTER-IP', type: 'hash:ip,port', members: ['10.96.0.10,udp:53', '10.96.0.1,tcp:443'] },
    [
      'ipset create KUBE-CLUSTER-IP hash:ip,port',
      'ipset add KUBE-CLUSTER-IP 10.96.0.1,tcp:443',
      'ipset add KUBE-CLUSTER-IP 10.96.0.10,udp:53',
    ],
  ],
  [
    'with every option',
    {
      family: 'inet6',
      timeoutSeconds: 300,
      counters: true,
      comments: true,
      maxElements: 10,
      hashSize: 64,
      members: ['fd00::/64', { member: 'fd00::1', noMatch: true, timeoutSeconds: 0, comment: 'our own' }],
    },
    [
      'ipset create blocked hash:net family inet6 hashsize 64 maxelem 10 timeout 300 counters comment',
      'ipset add blocked fd00::/64',
      'ipset add blocked fd00::1 timeout 0 nomatch comment "our own"',
    ],
  ],
  [
    'of ports',
    { type: 'bitmap:port', range: '0-65535', members: ['3001', '443'] },
    ['ipset create blocked bitmap:port range 0-65535', 'ipset add blocked 3001', 'ipset add blocked 443'],
  ],
])('a set %s becomes these lines', (_what, props, expected) => {
  expect(partsWith(props)).toEqual({ [`10-set ${props.name ?? 'blocked'}`]: lines(...expected, '') });
});

test('a list of sets comes after the sets, in the order in which it was given', () => {
  expect(partsWith({ type: 'list:set', members: ['b', 'a'] })).toEqual({
    '15-set blocked': lines(
      'ipset create blocked list:set',
      'ipset add blocked b',
      'ipset add blocked a',
      '',
    ),
  });
});

test('many members become several small parts, and one more changes one of them', () => {
  const members = Array.from({ length: 1000 }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`);
  const before = partsWith({ members });
  const after = partsWith({ members: [...members, '192.0.2.0/24'] });
  expect(Object.keys(before)).toEqual([
    '10-set blocked',
    ...['0/8', '1/8', '2/8', '3/8', '4/8', '5/8', '6/8', '7/8'].map((bucket) => `10-set blocked ${bucket}`),
  ]);
  expect(before['10-set blocked']).toBe('ipset create blocked hash:net\n');
  expect(Object.keys(after)).toEqual(Object.keys(before));
  expect(Object.keys(after).filter((part) => after[part] !== before[part])).toHaveLength(1);
  const all = Object.values(after).join('').split('\n');
  expect(all.filter((line) => line.startsWith('ipset add'))).toHaveLength(1001);
});

test('members that are known at apply have a part of their own', () => {
  const stack = newStack();
  const address = new TerraformVariable(stack, 'ip', { nullable: false }).stringValue;
  const members = ['10.0.0.0/8', address, { member: `${address}/24`, noMatch: true }];
  new IpSet(stack, 'set', { hosts: [newHost(stack)], ...BLOCKED, members });
  const { configuration, parts } = synthesize(stack);
  expect(parts('cloudos1')).toEqual({
    '10-set blocked': 'ipset create blocked hash:net\nipset add blocked 10.0.0.0/8\n',
  });
  expect(configuration).toHaveProperty('locals.gatewright_parts_cloudos1', {
    '10-set blocked known at apply': 'ipset add blocked ${var.ip}\nipset add blocked ${var.ip}/24 nomatch\n',
  });
});

test('each of several hosts gets the set', () => {
  const stack = newStack();
  const hosts = ['a', 'b'].map((id) => new Host(stack, id, { address: '192.0.2.1' }));
  expect(new IpSet(stack, 'set', { hosts, ...BLOCKED }).name).toBe('blocked');
  const { parts } = synthesize(stack);
  expect([parts('a'), parts('b')]).toEqual(
    Array(2).fill({ '10-set blocked': 'ipset create blocked hash:net\n' }),
  );
});

test('a set of a name that the host has already is an error that names both', () => {
  const stack = newStack();
  const hosts = [newHost(stack)];
  new IpSet(stack, 'first', { hosts, ...BLOCKED });
  expect(refusal(() => new IpSet(stack, 'second', { hosts, ...BLOCKED, type: 'hash:ip' }))).toContain(
    'set blocked is declared twice on host lab/cloudos1\nat: lab/second\ngiven: first by lab/first, again by lab/second\n',
  );
});

test.each<readonly [what: string, props: object, expected: readonly string[]]>([
  [
    'an unknown type',
    { type: 'hash:address' },
    [
      'type is not valid',
      'at: lab/set',
      'given: "hash:address"',
      'allowed: hash:ip, hash:net, hash:ip,port, hash:ip,port,ip, hash:ip,port,net, hash:net,port, hash:net,net, hash:net,port,net, hash:net,iface, hash:ip,mark, hash:ip,mac, hash:mac, bitmap:port, bitmap:ip, bitmap:ip,mac, list:set',
    ],
  ],
  [
    'a family of ours',
    { family: 'ipv6' },
    ['family is not valid', 'at: lab/set', 'given: "ipv6"', 'allowed: inet, inet6'],
  ],
  [
    'a timeout of more than the kernel counts',
    { timeoutSeconds: 2_147_484 },
    ['timeoutSeconds is out of range', 'at: lab/set', 'given: 2147484', 'allowed: 0 to 2147483'],
  ],
  ['no hosts', { hosts: [] }, ['hosts is empty', 'at: lab/set', 'given: []', 'allowed: at least one Host']],
])('a set with %s is refused at once', (_what, props, expected) => {
  expect(declareRefused(props)).toBe(lines(...expected));
});

// The reader of ipset lines words these.
test.each<readonly [what: string, props: object, expected: string]>([
  ['a name of 32 bytes', { name: 'a'.repeat(32) }, "a set's name has at most 31 bytes, got 32: "],
  [
    'a bitmap without a range',
    { type: 'bitmap:port' },
    'a set of type bitmap:port needs a range\nat: lab/set\n',
  ],
  ['a family that its type has not', { type: 'hash:mac', family: 'inet' }, 'family'],
  ['a member of another shape', { members: ['10.0.0.0/8', '10.0.0.1,tcp:80'] }, 'members[1]: '],
  ['a member of the other family', { members: ['fd00::/64'] }, 'members[0]: '],
  [
    'a timeout of a member alone',
    { members: [{ member: '10.0.0.0/8', timeoutSeconds: 5 }] },
    'members[0]: a member has timeout only in a set that is made with timeout',
  ],
  [
    'more members than it can hold',
    { maxElements: 1, members: ['10.0.0.0/8', '11.0.0.0/8'] },
    'at most 1 members',
  ],
])('a set with %s is refused with the construct and the prop', (_what, props, expected) => {
  const message = declareRefused(props);
  expect(message).toContain(expected);
  expect(message).toContain('at: lab/set\n');
});

function declareRefused(props: object): string {
  const stack = newStack();
  const hosts = [newHost(stack)];
  return refusal(() => new IpSet(stack, 'set', { hosts, ...BLOCKED, ...props }));
}
