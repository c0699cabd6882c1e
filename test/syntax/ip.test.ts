// What ip command lines of a part declare, how they print and are compared, and why one is refused.
import { expect, test } from 'vitest';
import type { EntryDeclaration } from '../../lib/model/declaration';
import { isEntryDeclaration } from '../../lib/model/declaration';
import { toEntry } from '../../lib/syntax/entry';
import { completeIpLine, readAnyIp } from '../../lib/syntax/ip/ip';
import { parsePart } from '../../lib/syntax/parts';
import { printDeclaration } from '../../lib/syntax/print';
import { splitWords } from '../../lib/syntax/words';
import { printRefusal, readLineCases } from './line-cases';

function entriesOf(text: string): EntryDeclaration[] {
  const { lines, problems } = parsePart('runbook', text);
  expect(problems).toEqual([]);
  return lines.flatMap(({ declared }) => declared).filter(isEntryDeclaration);
}

const accepted = readLineCases('test/cases/ip/accepted.lines');

test.each(accepted)('$name: $given', ({ given, printed }) => {
  const declared = entriesOf(given);
  expect(declared.map(printDeclaration)).toEqual(printed);
  expect(entriesOf(printed.join('\n'))).toEqual(declared);
});

test.each(accepted)('$name: $given, with nothing left to defaults, is the same', ({ given }) => {
  const declared = entriesOf(given);
  const complete = declared.filter(isOfIp).map(completeIpLine);
  expect(complete.flatMap((line) => readAnyIp(splitWords(line))).map(toEntry)).toEqual(declared.map(toEntry));
});

function isOfIp(declaration: EntryDeclaration): declaration is Parameters<typeof completeIpLine>[0] {
  return ['link', 'link-state', 'address', 'route', 'routing-rule'].includes(declaration.kind);
}

test.each(readLineCases('test/cases/refusals/ip.lines'))(
  '$name: $given is refused',
  ({ given, problems }) => {
    const read = parsePart('runbook', given);
    expect(read.problems.map(printRefusal)).toEqual(problems);
    expect(problems).toHaveLength(1);
    expect(read.lines.flatMap(({ declared }) => declared)).toEqual([]);
  },
);

test.each([
  ['ip link add d0 type dummy', 'link d0', 'type dummy', undefined],
  ['ip link set d0 up', 'link-state d0', 'up', 'link d0'],
  [
    'ip addr add 182.16.100.101/24 dev enp0s5',
    'address enp0s5 182.16.100.101/24',
    'scope 0 dev enp0s5',
    'link enp0s5',
  ],
  [
    'ip addr add 10.9.0.1 peer 10.9.0.2/24 dev v0',
    'address v0 10.9.0.1 peer 10.9.0.2/24',
    'scope 0 dev v0',
    'link v0',
  ],
  ['ip addr add 2001:db8::1/64 dev v0', 'address v0 2001:db8::1', '2001:db8::1/64 scope 0 dev v0', 'link v0'],
  [
    'ip route add 10.5.0.0/16 via 10.0.0.9 table 80 metric 5 tos 4 mtu 1400',
    'route ipv4 10.5.0.0/16 tos 0x04 table 80 metric 5',
    'unicast via 10.0.0.9 proto 3 scope 0 mtu 1400',
    undefined,
  ],
  [
    'ip route add 2001:db8:5::/48 dev v0',
    'route ipv6 2001:db8:5::/48 table 254 metric 1024',
    'unicast dev v0 proto 3 scope 0',
    undefined,
  ],
  [
    'ip rule add pref 80 not from 10.0.0.0/8 table 80 suppress_prefixlength 0',
    'routing-rule ipv4 pref 80 not from 10.0.0.0/8',
    'lookup 80 suppress_prefixlength 0',
    undefined,
  ],
])('%s is told from others by its key, and can differ in its value', (line, key, value, container) => {
  const [entry] = entriesOf(line).map(toEntry);
  expect(entry).toMatchObject({ key, value });
  expect(entry?.container).toBe(container);
});

test.each([
  ['ip addr add 10.0.0.1/24 dev v0', 'ip addr add 10.0.0.1/32 dev v0', false],
  ['ip addr add 2001:db8::1/64 dev v0', 'ip addr add 2001:db8::1/128 dev v0', true],
  ['ip addr add 10.0.0.1/24 dev v0', 'ip addr add 10.0.0.1/24 dev v1', false],
  ['ip route add default via 10.0.0.1', 'ip -6 route add default via fe80::1 dev v0', false],
  ['ip route add default via 10.0.0.1', 'ip route add blackhole default', true],
  ['ip route add default via 10.0.0.1', 'ip route add default via 10.0.0.1 metric 5', false],
  ['ip rule add pref 5 table 80', 'ip rule add pref 5 table 90', true],
  ['ip rule add pref 5 from 10.0.0.1 table 80', 'ip rule add pref 5 from 10.0.0.2 table 80', false],
])('to the kernel, as one thing, %s and %s: %s', (one, other, isOne) => {
  const [a, b] = entriesOf(`${one}\n${other}`).map((declaration) => toEntry(declaration).key);
  expect(a === b).toBe(isOne);
});
