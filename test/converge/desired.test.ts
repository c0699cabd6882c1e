// What lines mean together: the merge of all parts, as running them once on a bare host would give.
import { describe, expect, test } from 'vitest';
import { toDesired } from '../../lib/converge/desired';
import type { DesiredState } from '../../lib/converge/desired';
import { DEFAULT_SCOPE } from '../../lib/model/scope';
import type { Parts } from '../../lib/model/declaration';
import { parseParts } from '../../lib/syntax/parts';

const MARK = '-m comment --comment "gatewright:default"';

function desiredOf(parts: Parts): DesiredState {
  const { desired, problems } = toDesired(parseParts(parts).declared, DEFAULT_SCOPE);
  expect(problems).toEqual([]);
  return desired;
}

function rules(parts: Parts, chain: string): readonly string[] | undefined {
  return desiredOf(parts)
    .chains.get(`ipv4 ${chain}`)
    ?.rules.map(({ text }) => text);
}

describe('rules', () => {
  test('stand in the order of the parts, and the later of two -I above the earlier', () => {
    const parts = {
      b: 'iptables -A GW-A -j RETURN\niptables -I GW-A -s 2.2.2.2 -j ACCEPT',
      a: 'iptables -A GW-A -s 3.3.3.3 -j ACCEPT\niptables -I GW-A -s 1.1.1.1 -j ACCEPT',
    };
    expect(rules(parts, 'filter GW-A')).toEqual([
      '-s 2.2.2.2/32 -j ACCEPT',
      '-s 1.1.1.1/32 -j ACCEPT',
      '-s 3.3.3.3/32 -j ACCEPT',
      '-j RETURN',
    ]);
  });

  test('that are identical are one rule in a foreign chain, with a line each, and two in a chain of ours', () => {
    const parts = {
      a: 'iptables -A INPUT -s 1.1.1.1 -j ACCEPT\niptables -A GW-A -j RETURN',
      b: 'iptables -A INPUT -s 1.1.1.1/32 --jump ACCEPT\niptables -A GW-A -j RETURN',
    };
    expect(rules(parts, 'filter INPUT')).toEqual([`-s 1.1.1.1/32 ${MARK} -j ACCEPT`]);
    expect(rules(parts, 'filter GW-A')).toEqual(['-j RETURN', '-j RETURN']);
    const [rule] = desiredOf(parts).chains.get('ipv4 filter INPUT')?.rules ?? [];
    expect(rule?.sources.map(({ part, line }) => [part, line])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
  });

  test('that are identical at head and tail of a foreign chain are one rule, at the head', () => {
    const parts = {
      a: 'iptables -A INPUT -s 1.1.1.1 -j ACCEPT\niptables -A INPUT -s 2.2.2.2 -j ACCEPT',
      b: 'iptables -I INPUT -s 2.2.2.2 -j ACCEPT',
    };
    expect(rules(parts, 'filter INPUT')).toEqual([
      `-s 2.2.2.2/32 ${MARK} -j ACCEPT`,
      `-s 1.1.1.1/32 ${MARK} -j ACCEPT`,
    ]);
  });

  test('of one line with two sources are two, in the order of the line', () => {
    expect(rules({ a: 'iptables -A GW-A -s 1.1.1.1,2.2.2.2 -j RETURN' }, 'filter GW-A')).toEqual([
      '-s 1.1.1.1/32 -j RETURN',
      '-s 2.2.2.2/32 -j RETURN',
    ]);
  });
});

describe('chains', () => {
  test.each([
    ['with the prefix need no -N', 'iptables -A GW-A -j RETURN', 'GW-A', true],
    ['that a line makes are ours', 'iptables -A mine -j RETURN\niptables -N mine', 'mine', true],
    ['that no line makes are foreign', 'iptables -A DOCKER-USER -j RETURN', 'DOCKER-USER', false],
    ['that are built in are foreign', 'iptables -A INPUT -j RETURN', 'INPUT', false],
    ['of another prefix are foreign', 'iptables -A OTHER-A -j RETURN', 'OTHER-A', false],
  ])('%s', (_name, text, chain, own) => {
    expect(desiredOf({ a: text }).chains.get(`ipv4 filter ${chain}`)?.own).toBe(own);
  });

  test('may be made twice, and are there without a rule', () => {
    const chain = desiredOf({ a: 'iptables -N GW-A\niptables -N GW-A' }).chains.get('ipv4 filter GW-A');
    expect(chain).toMatchObject({ own: true, rules: [] });
    expect(chain?.declared.map(({ line }) => line)).toEqual([1, 2]);
  });
});

describe('values', () => {
  test('may be declared twice, each line being a source', () => {
    const { sysctls, policies } = desiredOf({
      a: 'sysctl net.ipv4.ip_forward=1\niptables -P FORWARD DROP',
      b: 'sysctl -w net/ipv4/ip_forward=1\niptables -P FORWARD DROP',
    });
    expect(sysctls.get('net.ipv4.ip_forward')?.sources.map(({ part }) => part)).toEqual(['a', 'b']);
    expect(policies.get('ipv4 filter FORWARD')?.sources.map(({ part }) => part)).toEqual(['a', 'b']);
  });
});

test.each([
  [
    'two values of a sysctl',
    { a: 'sysctl net.ipv4.ip_forward=1', b: '\nsysctl net.ipv4.ip_forward=0' },
    {
      code: 'two-values',
      what: 'net.ipv4.ip_forward is declared with two values',
      at: 'part "b", line 2',
      given: '0, but 1 in part "a", line 1',
      part: 'b',
    },
  ],
  [
    'two policies of a chain',
    { a: 'iptables -P FORWARD DROP', b: 'iptables -P FORWARD ACCEPT' },
    { code: 'two-values', given: 'ACCEPT, but DROP in part "a", line 1', part: 'b' },
  ],
  [
    'a jump to a chain of ours that no line makes',
    { a: 'iptables -t nat -A PREROUTING -j GW-SERVICE' },
    { code: 'unknown-chain', at: 'part "a", line 1', part: 'a' },
  ],
  [
    'a jump to a chain of ours in another table',
    { a: 'iptables -A GW-A -j RETURN\niptables -t nat -A PREROUTING -g GW-A' },
    { code: 'unknown-chain', at: 'part "a", line 2' },
  ],
])('%s is a problem', (_name, parts, problem) => {
  const { problems } = toDesired(parseParts(parts).declared, DEFAULT_SCOPE);
  expect(problems).toEqual([expect.objectContaining(problem)]);
});

test('a -N of a built-in chain is a problem of the line', () => {
  expect(parseParts({ a: 'iptables -t nat -N POSTROUTING' }).problems).toMatchObject([
    { code: 'built-in-chain', at: 'part "a", line 1' },
  ]);
});

test('while parts are unknown, a jump may lead into one of them', () => {
  const parts = { a: 'iptables -t nat -A PREROUTING -j GW-SERVICE' };
  expect(toDesired(parseParts(parts).declared, DEFAULT_SCOPE, true).problems).toEqual([]);
});
