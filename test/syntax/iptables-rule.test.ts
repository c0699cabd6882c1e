// Rules as given become rules as iptables-save prints them, and what is printed is read back.
import { describe, expect, test } from 'vitest';
import { FAMILIES, IPTABLES } from '../../lib/model/iptables';
import type { Match, Rule } from '../../lib/model/rule';
import { isFullyModelled } from '../../lib/model/rule';
import { parseRule, parseRuleText, printRule } from '../../lib/syntax/iptables-rule';
import type { OptionShape } from '../../lib/syntax/vocabulary/entry';
import { MATCHES } from '../../lib/syntax/vocabulary/matches';
import { TARGETS } from '../../lib/syntax/vocabulary/targets';
import { splitWords } from '../../lib/syntax/words';
import { readVocabularyRows } from './vocabulary-rows';

const ROWS = FAMILIES.flatMap(readVocabularyRows);
const rows = ROWS.map(
  ({ family, table, given, saved }) => [IPTABLES[family], table, given, family, saved] as const,
);

describe('the vocabulary', () => {
  test.each(rows)('prints as %s-save does, in %s: %s', (_tool, _table, given, family, saved) => {
    expect(printRule(parseRule(splitWords(given), family))).toBe(saved);
  });

  test.each(rows)('reads back what %s-save prints, in %s: %s', (_tool, _table, given, family, saved) => {
    expect(printRule(parseRuleText(saved, family))).toBe(saved);
    const rule = parseRule(splitWords(given), family);
    if (isFullyModelled(rule)) expect(parseRuleText(saved, family)).toEqual(rule);
  });

  const words: readonly (readonly [string, readonly OptionShape[]])[] = [
    ...[...MATCHES.values()].map(({ module, options }) => [`-m ${module}`, options] as const),
    ...[...TARGETS.values()].map(({ extension, options }) => [`-j ${extension}`, options] as const),
  ];

  test.each(words)('has a row for each option of %s', (opening, options) => {
    const texts = ROWS.filter(({ saved }) => `${saved} `.includes(`${opening} `)).map(
      ({ given, saved }) => `${given} ${saved} `,
    );
    expect(texts).not.toEqual([]);
    expect(
      options.map(({ name }) => name).filter((name) => !texts.some((text) => text.includes(`${name} `))),
    ).toEqual([]);
  });
});

test.each([
  ['a verdict', '-j ACCEPT', { matches: [], target: { kind: 'verdict', verdict: 'ACCEPT' } }],
  ['a jump', '-j KUBE-SVC-1', { matches: [], target: { kind: 'jump', chain: 'KUBE-SVC-1' } }],
  ['a goto', '-g KUBE-SVC-1', { matches: [], target: { kind: 'goto', chain: 'KUBE-SVC-1' } }],
  [
    'ports',
    '-p tcp ! --dport 80:90',
    {
      matches: [
        { kind: 'protocol', protocol: 'tcp' },
        { kind: 'ports', protocol: 'tcp', destination: { negated: true, ports: { first: 80, last: 90 } } },
      ],
    },
  ],
  [
    'a probability in the kernel’s steps',
    '-m statistic --mode random --probability 0.3333333333',
    { matches: [{ kind: 'statistic-random', probability: 715827883 / 2 ** 31 }] },
  ],
  [
    'a mark',
    '-m mark --mark 0x4000/0x4000 -j MARK --or-mark 0x4000',
    {
      matches: [{ kind: 'mark', value: 0x4000, mask: 0x4000 }],
      target: { kind: 'mark', value: 0x4000, mask: 0x4000 },
    },
  ],
  [
    'a translation',
    '-j SNAT --to-source 192.0.2.1 --random-fully',
    { matches: [], target: { kind: 'snat', to: '192.0.2.1', flags: ['random-fully'] } },
  ],
  [
    'a module without a kind of its own',
    '-m limit --limit 5/minute',
    { matches: [{ kind: 'module', module: 'limit', options: [{ name: '--limit', values: ['5/min'] }] }] },
  ],
  [
    'an extension without a kind of its own',
    '-j LOG --log-prefix "a b"',
    {
      matches: [],
      target: { kind: 'extension', extension: 'LOG', options: [{ name: '--log-prefix', values: ['a b'] }] },
    },
  ],
  [
    'modules and targets that nobody knows, in their place',
    '-m frobnicate --level 3 ! --quiet yes -p tcp -m tcp --dport 80 -j FROB --deep 2 x',
    {
      matches: [
        { kind: 'protocol', protocol: 'tcp' },
        { kind: 'opaque', words: ['-m', 'frobnicate', '--level', '3', '!', '--quiet', 'yes'] },
        { kind: 'ports', protocol: 'tcp', destination: { ports: { first: 80, last: 80 } } },
      ],
      target: { kind: 'opaque', words: ['-j', 'FROB', '--deep', '2', 'x'] },
    },
  ],
  [
    'an option that a newer tool may know, with all of its module',
    '-m limit --limit 5/minute --per-moon 3',
    { matches: [{ kind: 'opaque', words: ['-m', 'limit', '--limit', '5/minute', '--per-moon', '3'] }] },
  ],
  [
    'an option of an earlier module that nobody knows',
    '-m frobnicate --level 3 -m comment --comment x --quiet',
    {
      matches: [
        { kind: 'opaque', words: ['-m', 'frobnicate', '--level', '3', '--quiet'] },
        { kind: 'comment', text: 'x' },
      ],
    },
  ],
] as const satisfies readonly (readonly [string, string, Rule])[])(
  'makes data of %s',
  (_name, given, rule) => {
    expect(parseRule(splitWords(given), 'ipv4')).toEqual(rule);
  },
);

test.each([
  ['two targets', '-j ACCEPT -j ACCEPT'],
  ['a bare word', 'ACCEPT'],
  ['an open quote', '-m comment --comment "a'],
  ['a comment that is too long for us', `-m comment --comment ${'x'.repeat(256)}`],
])('keeps the words of a saved rule that it cannot read: %s', (_name, text) => {
  const rule = parseRuleText(text);
  expect(isFullyModelled(rule)).toBe(false);
  expect(rule.matches.map(({ kind }) => kind)).toEqual(['opaque']);
});

test('prints general matches first, whatever their place among the others', () => {
  const matches: readonly Match[] = [
    { kind: 'comment', text: 'x' },
    { kind: 'protocol', protocol: 'tcp' },
    { kind: 'out-interface', device: 'eth1' },
    { kind: 'source', negated: true, prefix: '10.0.0.0/8' },
  ];
  expect(printRule({ matches })).toBe('! -s 10.0.0.0/8 -o eth1 -p tcp -m comment --comment x');
});

test('rounds a probability that is given in data to the kernel’s steps', () => {
  const shares = [2, 3, 7, 4096].map((count) =>
    printRule({ matches: [{ kind: 'statistic-random', probability: 1 / count }] })
      .split(' ')
      .at(-1),
  );
  expect(shares).toEqual(['0.50000000000', '0.33333333349', '0.14285714272', '0.00024414062']);
});
