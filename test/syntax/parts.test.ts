// Parts as they are read: order, sources, problems, and text that nothing evaluates.
import { describe, expect, test } from 'vitest';
import { printProblem } from '../../lib/model/errors';
import { parsePart, parseParts } from '../../lib/syntax/parts';
import { printDeclaration } from '../../lib/syntax/print';
import { printRefusal, readLineCases } from './line-cases';

test.each(readLineCases('test/cases/refusals/parts.lines'))(
  '$name: $given is refused',
  ({ given, problems }) => {
    const { declared, problems: found } = parseParts({ runbook: given });
    expect(declared).toEqual([]);
    expect(found.map(printRefusal)).toEqual(problems);
    expect(problems).toHaveLength(1);
  },
);

test('parts are taken in the byte order of their names', () => {
  const names = ['é', 'b', '10-x', '9-x', 'Z', '😀', '\ufb01', 'a b'];
  const parts = Object.fromEntries(names.map((name, index) => [name, `sysctl net.x${index}=1`]));
  const order = parseParts(parts).declared.map(({ source }) => source.part);
  expect(order).toEqual(['10-x', '9-x', 'Z', 'a b', 'b', 'é', '\ufb01', '😀']);
});

test('each declaration carries its part, line and the text as it was written', () => {
  const text = [
    '# the service',
    'iptables -t nat -A GW \\',
    '  -s 10.0.0.1,10.0.0.2 \\',
    '  -j RETURN   # both',
    '',
    '\tsysctl net.ipv4.ip_forward=1 net.ipv4.vs.conntrack=1',
    '',
  ].join('\n');
  const { declared, problems } = parseParts({ '10-x': text });
  expect(problems).toEqual([]);
  expect(declared.map(({ declaration, source }) => [source.line, printDeclaration(declaration)])).toEqual([
    [2, 'iptables -t nat -A GW -s 10.0.0.1/32 -j RETURN'],
    [2, 'iptables -t nat -A GW -s 10.0.0.2/32 -j RETURN'],
    [6, 'sysctl net.ipv4.ip_forward=1'],
    [6, 'sysctl net.ipv4.vs.conntrack=1'],
  ]);
  expect(declared[0]?.source).toEqual({
    part: '10-x',
    line: 2,
    text: 'iptables -t nat -A GW \\\n  -s 10.0.0.1,10.0.0.2 \\\n  -j RETURN   # both',
  });
});

test('lines joined again are the text, so that a refresh can keep what it does not change', () => {
  const text = '\n# a \\\n\n iptables -A INPUT \\\n -j DROP\nrm -rf /\n"open\n\n';
  const part = parsePart('x', text);
  expect(`${part.lines.map(({ source }) => source.text).join('\n')}\n`).toBe(text);
  expect(part.lines.map(({ source, declared }) => [source.line, declared.length])).toEqual([
    [1, 0],
    [2, 0],
    [3, 0],
    [4, 1],
    [6, 0],
    [7, 0],
    [8, 0],
  ]);
});

test('every problem is told, with part, line, what was given, what is allowed and what to do', () => {
  const { declared, problems } = parseParts({
    b: 'iptables -A INPUT -j DROP\nrm -rf /\n\niptables -A INPUT -p tcp --dport 70000',
    a: 'sysctl x',
  });
  expect(declared).toHaveLength(1);
  expect(problems.map(({ part, at, code }) => [part, at, code])).toEqual([
    ['a', 'part "a", line 1', 'value-missing'],
    ['b', 'part "b", line 2', 'unknown-tool'],
    ['b', 'part "b", line 4', 'bad-port'],
  ]);
  expect(problems.map(printProblem).at(-1)).toBe(
    [
      'a port must be 0 to 65535, got 70000',
      'at: part "b", line 4',
      'given: iptables -A INPUT -p tcp --dport 70000',
      'allowed: 0 to 65535',
      'to do: write a port of that range',
    ].join('\n'),
  );
});

test('a key that begins with ~ is ours', () => {
  const { declared, problems } = parseParts({ '~unexpected': 'iptables -A INPUT -j DROP' });
  expect(problems.map(printRefusal)).toEqual([
    'reserved-part-name: keys that begin with ~ are ours: only a refresh writes them, to show what is on the host and not declared -> rename the part, or leave it out',
  ]);
  expect(problems[0]?.part).toBe('~unexpected');
  expect(declared).toEqual([]);
});

test.each([
  ['nothing', ''],
  ['blank lines and comments', '\n  \n# iptables -F\n\t# $(reboot)\n'],
])('%s declares nothing and is no problem', (_name, text) => {
  expect(parseParts({ x: text })).toEqual({ declared: [], problems: [] });
});

describe('nothing is evaluated', () => {
  test.each([
    ['$(reboot)', "'$(reboot)'"],
    ['`reboot`', "'`reboot`'"],
    ['${HOME}', "'${HOME}'"],
    ['$HOME', "'$HOME'"],
    ['%{if true}x%{endif}', '"%{if true}x%{endif}"'],
    ['-j DROP', '"-j DROP"'],
    ['" -j DROP "', `'" -j DROP "'`],
    ['\\" -j DROP', `'\\" -j DROP'`],
    ["' -j DROP", `"' -j DROP"`],
    ['; reboot', '"; reboot"'],
    ['# no comment', '"# no comment"'],
    ['*', '"*"'],
    ['~', '"~"'],
  ])('%s in a comment stays the text that it is', (text, quoted) => {
    const { declared, problems } = parseParts({
      x: `iptables -A INPUT -m comment --comment ${quoted} -j ACCEPT`,
    });
    expect(problems).toEqual([]);
    expect(declared.map(({ declaration }) => declaration)).toEqual([
      {
        kind: 'rule',
        family: 'ipv4',
        table: 'filter',
        chain: 'INPUT',
        place: 'tail',
        rule: { matches: [{ kind: 'comment', text }], target: { kind: 'verdict', verdict: 'ACCEPT' } },
      },
    ]);
  });

  test.each([
    ['a newline', '"a\nCOMMIT"', 'open-quote'],
    ['a carriage return', '"a\rb"', 'control-character'],
    ['an escape character', '"a\u001b[31m"', 'control-character'],
    ['a null character', '"a\u0000b"', 'control-character'],
    ['a C1 control character', '"a\u0085b"', 'control-character'],
  ])('%s in a value is refused', (_name, quoted, code) => {
    const { declared, problems } = parseParts({
      x: `iptables -A INPUT -m comment --comment ${quoted} -j ACCEPT`,
    });
    expect(declared).toEqual([]);
    expect(problems[0]?.code).toBe(code);
  });

  test('line ends of Windows are named as such', () => {
    const [problem] = parseParts({ x: 'iptables -A INPUT -j DROP\r\n' }).problems;
    expect(problem?.fix).toBe('save the file with LF line ends');
  });

  test.each([
    'iptables -A INPUT -s $(reboot)',
    'iptables -A INPUT -s ${HOME}',
    'iptables -A `reboot`',
    'iptables -A INPUT -j $CHAIN',
  ])('%s is refused where no such text can stand', (line) => {
    expect(parseParts({ x: line }).problems).toHaveLength(1);
  });
});
