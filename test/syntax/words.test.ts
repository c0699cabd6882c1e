// Words and lines as a POSIX shell splits them, with nothing expanded.
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { quoteWord, splitLines, splitWords } from '../../lib/syntax/words';

describe('splitWords', () => {
  test.each([
    ['blanks and tabs', ' a \t b  ', ['a', 'b']],
    ['nothing', '', []],
    ['single quotes, in which all is text', `'a "b" \\ $x'`, ['a "b" \\ $x']],
    ['double quotes with what a backslash takes there', '"a \\" \\\\ \\$ \\` b"', ['a " \\ $ ` b']],
    ['double quotes in which other backslashes stay', `"it\\'s \\n"`, ["it\\'s \\n"]],
    ['a backslash outside quotes', 'a\\ b \\"c', ['a b', '"c']],
    ['quotes inside a word', `--comment="a b"'c d'e`, ['--comment=a bc de']],
    ['an empty word', `a '' ""`, ['a', '', '']],
    ['a continued line', 'a \\\n  b\\\nc', ['a', 'bc']],
    ['a continuation inside double quotes', '"a\\\nb"', ['ab']],
    ['a comment behind words', 'a b # c "d', ['a', 'b']],
    ['a # inside a word', 'a#b "#c"', ['a#b', '#c']],
    ['words of other scripts', 'é 中文 "😀 x"', ['é', '中文', '😀 x']],
    [
      'what looks like a blank, a dash or a quote, inside quotes',
      `"10\u00a0€ – it’s" '“'`,
      ['10\u00a0€ – it’s', '“'],
    ],
    ['a backslash at the end', 'a\\', ['a\\']],
  ])('splits %s', (_name, text, words) => {
    expect(splitWords(text)).toEqual(words);
  });

  test.each([
    '$(reboot)',
    '`reboot`',
    '${HOME}',
    '$HOME',
    '%{if}',
    '*',
    '?',
    '[a-z]',
    '~',
    '~root',
    '{a,b}',
    '!!',
    '(x)',
    '$((1+1))',
    "$'a'",
  ])('takes %s as plain text', (text) => {
    const quoteless = text.replaceAll("'", '');
    expect(splitWords(`a ${text} b`)).toEqual(['a', quoteless, 'b']);
    expect(splitWords(`"${text}"`)).toEqual([text]);
  });

  test.each([
    [';', 'a ; b'],
    [';', 'a; b'],
    [';;', 'a;;'],
    ['&&', 'a&&b'],
    ['||', 'a || b'],
    ['&', 'a &'],
    ['>&', 'a 2>&1'],
    ['<<', 'a <<b'],
  ])('refuses %s, where a shell would end the command: %s', (operator, text) => {
    expect(() => splitWords(text)).toThrow(`${operator} is an operator of a shell`);
    expect(splitWords(`'${text}' \\${operator.charAt(0)}`)).toEqual([text, operator.charAt(0)]);
  });

  test.each([
    ['a double quote', 'a "b c', 'double'],
    ['a single quote', "a 'b c", 'single'],
    ['a single quote before a continuation', "'a\\\nb'", 'single'],
    ['a double quote before a newline', '"a\nb"', 'double'],
  ])('refuses %s that is not closed on its line', (_name, text, kind) => {
    expect(() => splitWords(text)).toThrow(`a ${kind} quote is opened and not closed on its line`);
  });

  test('refuses a second line', () => {
    expect(() => splitWords('a\nb')).toThrow('one line is wanted, and a second one begins');
  });
});

describe('splitLines', () => {
  test('keeps numbers, texts and continuations', () => {
    const text = '\n# one \\\na \\\n\tb # c\n  \n"open\nd';
    const lines = splitLines(text);
    expect(lines.map(({ line, words, problem }) => [line, words, problem?.code])).toEqual([
      [1, [], undefined],
      [2, [], undefined],
      [3, ['a', 'b'], undefined],
      [5, [], undefined],
      [6, [], 'open-quote'],
      [7, ['d'], undefined],
    ]);
    expect(lines.map((line) => line.text).join('\n')).toBe(text);
  });

  test.each([
    ['no text', '', []],
    ['a last newline, which ends a line and begins none', 'a\n', ['a']],
    ['blank lines at the end', 'a\n\n', ['a', '']],
  ])('reads %s', (_name, text, lines) => {
    expect(splitLines(text).map((line) => line.text)).toEqual(lines);
  });
});

const AWKWARD = [
  '',
  'a b',
  '"',
  "'",
  '\\',
  '$(reboot)',
  '`id`',
  '${x}',
  '%{x}',
  '!x',
  '!',
  '*',
  '~',
  '#',
  "it's",
  'a"b\'c\\d$e',
  '中 文',
];

describe('quoteWord', () => {
  test.each(AWKWARD)('is undone by splitWords for %j', (word) => {
    expect(splitWords(quoteWord(word))).toEqual([word]);
  });

  test('is undone by a real shell', () => {
    const program = `printf '%s\\n' ${AWKWARD.map((word) => quoteWord(word)).join(' ')}`;
    const printed = execFileSync('sh', ['-c', program], { encoding: 'utf8' });
    expect(printed.split('\n').slice(0, -1)).toEqual(AWKWARD);
  });

  test.each([
    ['192.0.2.0/24', '192.0.2.0/24'],
    ['a b', '"a b"'],
    ['$x', `'$x'`],
    ["it's $x", `'it'\\''s $x'`],
    ["it's", `"it's"`],
    ['!', '!'],
  ])('writes %s as %s', (word, quoted) => {
    expect(quoteWord(word)).toBe(quoted);
  });
});
