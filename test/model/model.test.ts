// The small facts that all layers share: how places and problems read, and which names and rules count as what.
import { expect, test } from 'vitest';
import { printSource } from '../../lib/model/declaration';
import { InvalidInput, printProblem } from '../../lib/model/errors';
import { chainKey, isBuiltInChain } from '../../lib/model/iptables';
import { isFullyModelled } from '../../lib/model/rule';
import { CHAIN_PREFIX, DEFAULT_SCOPE, markComment, SCOPE_NAME } from '../../lib/model/scope';

test('a source says part and line', () => {
  expect(printSource({ part: '50-service a/b:c', line: 3, text: 'iptables -N X' })).toBe(
    'part "50-service a/b:c", line 3',
  );
});

test('a problem reads as lines, and only of what it has', () => {
  const problem = {
    code: 'x',
    what: 'weight must be 0 to 9, got 10',
    at: 'a/b',
    given: '10',
    allowed: '0 to 9',
    fix: 'use 1',
  };
  expect(printProblem(problem)).toBe(
    'weight must be 0 to 9, got 10\nat: a/b\ngiven: 10\nallowed: 0 to 9\nto do: use 1',
  );
  expect(printProblem({ code: 'x', what: 'no' })).toBe('no');
});

test('an error of several problems tells them all', () => {
  const error = new InvalidInput([
    { code: 'a', what: 'one' },
    { code: 'b', what: 'two', fix: 'mend it' },
  ]);
  expect(error.message).toBe('one\n\ntwo\nto do: mend it');
  expect(error.code).toBe('invalid-input');
});

test.each([
  ['filter', 'INPUT', true],
  ['nat', 'FORWARD', false],
  ['raw', 'PREROUTING', true],
  ['mangle', 'GW-X', false],
] as const)('in %s, is %s built in: %s', (table, chain, isBuiltIn) => {
  expect(isBuiltInChain({ table, chain })).toBe(isBuiltIn);
});

test('a chain has one key', () => {
  expect(chainKey({ family: 'ipv4', table: 'nat', chain: 'GW-SERVICES' })).toBe('ipv4 nat GW-SERVICES');
});

test('a rule is fully modelled if none of its words are opaque', () => {
  const opaque = { kind: 'opaque', words: ['-m', 'x'] } as const;
  expect(isFullyModelled({ matches: [{ kind: 'comment', text: 'x' }] })).toBe(true);
  expect(isFullyModelled({ matches: [opaque] })).toBe(false);
  expect(isFullyModelled({ matches: [], target: opaque })).toBe(false);
});

test('names of scopes and prefixes', () => {
  expect(markComment(DEFAULT_SCOPE)).toBe('gatewright:default');
  expect(
    ['default', 'a.b_c-1', '', '-a', 'a b', 'x'.repeat(64)].map((name) => SCOPE_NAME.test(name)),
  ).toEqual([true, true, false, false, false, false]);
  expect(
    ['GW-', 'KUBE-', 'A-', 'ABCDEFG-', 'ABCDEFGH-', 'GW', '1-', ''].map((prefix) =>
      CHAIN_PREFIX.test(prefix),
    ),
  ).toEqual([true, true, true, true, false, false, false, false]);
});
