// Declarations as command lines: the readers give back what was printed, and a real shell sees the same words.
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { Declaration, RuleDeclaration } from '../../lib/model/declaration';
import { parseRule } from '../../lib/syntax/iptables-rule';
import { parsePart } from '../../lib/syntax/parts';
import { printDeclaration, printSavedRuleLine } from '../../lib/syntax/print';
import { splitWords } from '../../lib/syntax/words';
import { randomRules } from './random-rules';

const nat = { family: 'ipv4', table: 'nat' } as const;

test.each([
  ['a chain', { kind: 'chain', ...nat, chain: 'GW-SVC-1' }, 'iptables -t nat -N GW-SVC-1'],
  [
    'a policy',
    { kind: 'policy', family: 'ipv4', table: 'filter', chain: 'FORWARD', policy: 'DROP' },
    'iptables -t filter -P FORWARD DROP',
  ],
  [
    'a rule without words',
    { kind: 'rule', ...nat, chain: 'GW', place: 'tail', rule: { matches: [] } },
    'iptables -t nat -A GW',
  ],
  [
    'a rule at the head',
    {
      kind: 'rule',
      ...nat,
      chain: 'POSTROUTING',
      place: 'head',
      rule: {
        matches: [{ kind: 'source', prefix: '192.168.1.6/32' }],
        target: { kind: 'masquerade', flags: [] },
      },
    },
    'iptables -t nat -I POSTROUTING -s 192.168.1.6/32 -j MASQUERADE',
  ],
  ['a sysctl', { kind: 'sysctl', key: 'net.ipv4.ip_forward', value: '1' }, 'sysctl net.ipv4.ip_forward=1'],
] as const satisfies readonly (readonly [string, Declaration, string])[])(
  'prints and reads back %s',
  (_name, declaration, text) => {
    expect(printDeclaration(declaration)).toBe(text);
    expect(parsePart('x', text).lines.flatMap(({ declared }) => declared)).toEqual([declaration]);
  },
);

const COMMENTS = [
  ['plain', '-m comment --comment plain'],
  ['default/web:http', '-m comment --comment "default/web:http"'],
  ["it's", `-m comment --comment "it's"`],
  ['a "b"', `-m comment --comment 'a "b"'`],
  ['$(reboot) `id` ${HOME}', "-m comment --comment '$(reboot) `id` ${HOME}'"],
  ['%{if} ${x}', "-m comment --comment '%{if} ${x}'"],
  ['a\\b', "-m comment --comment 'a\\b'"],
  ['x! ; -j DROP', "-m comment --comment 'x! ; -j DROP'"],
  ['', '-m comment --comment ""'],
] as const;

describe('a comment', () => {
  test.each(COMMENTS)('%j is quoted so that no shell acts on it', (text, printed) => {
    const declaration = declare(['-m', 'comment', '--comment', text]);
    expect(printDeclaration(declaration)).toBe(`iptables -t nat -A T1 ${printed}`);
  });

  test('reaches a real shell as it is', () => {
    const program = COMMENTS.map(([text]) => printDeclaration(declare(['-m', 'comment', '--comment', text])))
      .map((line) => line.replace(/^iptables /, 'show '))
      .join('\n');
    const shown = execFileSync('sh', ['-c', `show() { eval "printf '%s\\n' \\"\\\${$#}\\""; }\n${program}`], {
      encoding: 'utf8',
    });
    expect(shown.split('\n').slice(0, -1)).toEqual(COMMENTS.map(([text]) => text));
  });
});

test('1,000 random rules are read back from what is printed', () => {
  const declared = randomRules(20260727, 1000).map(({ table, words }) => ({ ...declare(words), table }));
  const part = parsePart('x', declared.map(printDeclaration).join('\n'));
  expect(part.problems).toEqual([]);
  expect(part.lines.flatMap((line) => line.declared)).toEqual(declared);
});

test('a rule as a host saved it becomes a command line with the same words', () => {
  const line = printSavedRuleLine(
    { ...nat, chain: 'GW' },
    `-s 10.0.0.1/32 -m comment --comment "it\\'s $(x)" -j ACCEPT`,
  );
  expect(line).toBe(`iptables -t nat -A GW -s 10.0.0.1/32 -m comment --comment 'it'\\''s $(x)' -j ACCEPT`);
  expect(splitWords(line)).toContain("it's $(x)");
});

function declare(words: readonly string[]): RuleDeclaration {
  return { kind: 'rule', ...nat, chain: 'T1', place: 'tail', rule: parseRule(words, 'ipv4') };
}
