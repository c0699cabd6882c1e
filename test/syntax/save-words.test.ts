// Words as iptables-save writes them; that the tools agree is tried in test/hosts/syntax.test.ts.
import { expect, test } from 'vitest';
import { endsInQuote, quoteSavedText, quoteSavedWord, splitSavedWords } from '../../lib/syntax/save-words';

test.each([
  ['a bare text', 'kube_1-A', 'kube_1-A'],
  ['a space', 'a b', '"a b"'],
  ['a colon, which needs quotes too', 'a:b', '"a:b"'],
  ['all that is escaped', `it's "q" \\`, `"it\\'s \\"q\\" \\\\"`],
  ['nothing', '', '""'],
  ['text that a shell would act on', '$(x) `y` ${z}', '"$(x) `y` ${z}"'],
])('quotes and reads back %s', (_name, text, saved) => {
  expect(quoteSavedText(text, false)).toBe(saved);
  expect(splitSavedWords(saved)).toEqual([text]);
});

test.each([
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['a b', '"a b"'],
  ['', '""'],
  [`a"b`, `"a\\"b"`],
])('quotes the word %s only where it would not be read back', (word, saved) => {
  expect(quoteSavedWord(word)).toBe(saved);
  expect(splitSavedWords(saved)).toEqual([word]);
});

test('a text that is always quoted is so without need', () => {
  expect(quoteSavedText('abc', true)).toBe('"abc"');
});

test('words stand apart by blanks outside quotes', () => {
  expect(splitSavedWords(`-m comment --comment "a \\" -j DROP" -j x`)).toEqual([
    '-m',
    'comment',
    '--comment',
    'a " -j DROP',
    '-j',
    'x',
  ]);
});

test('an open quote is refused, and can be asked for', () => {
  expect(() => splitSavedWords('--comment "a')).toThrow('a double quote is opened and not closed');
  expect(['"a', '"a\\"', '"a"', `it's "\\""`, ''].map(endsInQuote)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
