// Lines of ipset as parts hold them: what they declare, what they are compared by, and which are refused and why.
import { describe, expect, test } from 'vitest';
import type { Declaration, EntryDeclaration } from '../../lib/model/declaration';
import { toEntry } from '../../lib/syntax/entry';
import { SET_TYPES } from '../../lib/syntax/ipset/set-types';
import { parseParts } from '../../lib/syntax/parts';
import { printDeclaration } from '../../lib/syntax/print';
import { printRefusal, readLineCases } from './line-cases';

const accepted = readLineCases('test/cases/ipset/accepted.lines');

function declarationsOf(text: string): Declaration[] {
  const { declared, problems } = parseParts({ runbook: text });
  expect(problems).toEqual([]);
  return declared.map(({ declaration }) => declaration);
}

test.each(accepted)('$name', ({ given, printed }) => {
  expect(declarationsOf(given).map(printDeclaration)).toEqual(printed);
});

test.each(accepted)('$name: what is printed reads back as what was declared', ({ given, printed }) => {
  expect(declarationsOf(printed.join('\n'))).toEqual(declarationsOf(given));
});

test.each(readLineCases('test/cases/ipset/refused.lines'))(
  '$name: $given is refused',
  ({ given, printed, problems }) => {
    const { declared, problems: found } = parseParts({ runbook: given });
    expect(declared.map(({ declaration }) => printDeclaration(declaration))).toEqual(printed);
    expect(found.map(printRefusal)).toEqual(problems);
    expect(problems).toHaveLength(1);
  },
);

test('every type of set that the tool knows is made by some line here', () => {
  const declared = accepted.flatMap(({ given }) => declarationsOf(given));
  const others = ['hash:net,net', 'hash:net,port,net', 'hash:ip,mark', 'hash:ip,mac', 'hash:mac'];
  const made = declared.flatMap((each) => (each.kind === 'set' ? [each.type] : []));
  expect([...new Set([...made, ...others])].sort()).toEqual(SET_TYPES.map(({ name }) => name).sort());
});

describe('types that the kernel of the tests lacks', () => {
  test.each([
    ['hash:mac', '2:0:5e:10:0:1', '02:00:5E:10:00:01'],
    ['hash:ip,mac', '192.0.2.1,02:00:5e:10:00:01', '192.0.2.1,02:00:5E:10:00:01'],
    ['hash:ip,mark', '192.0.2.1,16', '192.0.2.1,0x00000010'],
    ['hash:ip,mark markmask 0xff', '192.0.2.1,0x110', '192.0.2.1,0x00000010'],
    ['hash:net,net', '10.1.2.3/8,192.0.2.1', '10.0.0.0/8,192.0.2.1'],
    ['hash:net,port,net', '10.1.2.3/8,80,192.0.2.1/24', '10.0.0.0/8,tcp:80,192.0.2.0/24'],
  ])('a set of type %s holds %s as %s', (type, given, member) => {
    const [, declared] = declarationsOf(`ipset create S ${type}\nipset add S ${given}`);
    expect(declared).toMatchObject({ kind: 'member', member });
  });
});

test('a problem names part and line of the member, also where the set is declared in another part', () => {
  const { problems } = parseParts({
    '10-members': '# who may\n\nipset add allowed 2001:db8::1',
    '20-set': 'ipset create allowed hash:ip',
  });
  expect(problems).toMatchObject([
    {
      code: 'wrong-family',
      part: '10-members',
      at: 'part "10-members", line 3',
      given: 'ipset add allowed 2001:db8::1',
    },
  ]);
});

test('a member of a set that no part declares stays as it was given', () => {
  const declared = declarationsOf('ipset add DOCKER-SET 10.0.0.5/8\nipset add DOCKER-SET 192.0.2.1,443');
  expect(declared.map(printDeclaration)).toEqual([
    'ipset add DOCKER-SET 10.0.0.5/8',
    'ipset add DOCKER-SET 192.0.2.1,443',
  ]);
});

test('one line may stand for 65536 members', () => {
  const declared = declarationsOf('ipset create S hash:ip\nipset add S 10.0.0.0/16');
  expect(declared).toHaveLength(65537);
  expect(declared.at(-1)).toMatchObject({ member: '10.0.255.255' });
});

test.each<[text: string, key: string, value: string, container: string | undefined]>([
  ['ipset create S hash:ip hashsize 64 forceadd bucketsize 4 initval 1', 'set S', 'hash:ip', undefined],
  [
    'ipset create S hash:net family inet6 maxelem 9 timeout 5 comment',
    'set S',
    'hash:net family inet6 maxelem 9 timeout 5 comment',
    undefined,
  ],
  ['ipset add S 192.0.2.1', 'member S 192.0.2.1', 'anyhow', 'set S'],
  ['ipset add S 192.0.2.1 timeout 60 packets 5 bytes 9', 'member S 192.0.2.1', 'timeout running', 'set S'],
  ['ipset add S 192.0.2.1 timeout 0', 'member S 192.0.2.1', 'timeout 0', 'set S'],
  [
    'ipset add S 10.0.0.0/8 nomatch comment "a b" skbmark 0x1',
    'member S 10.0.0.0/8',
    'anyhow nomatch comment "a b" skbmark 0x1',
    'set S',
  ],
])('%s, in a set that no part declares, is compared as %s with %j', (text, key, value, container) => {
  const [declaration] = declarationsOf(text).filter(isEntry);
  const entry = declaration === undefined ? undefined : toEntry(declaration);
  expect(entry).toMatchObject({ key, value, line: text });
  expect(entry?.container).toBe(container);
});

test('a member of a set with neither timeouts nor an order has no value', () => {
  const [, member] = declarationsOf('ipset create S hash:ip\nipset add S 192.0.2.1').filter(isEntry);
  expect(member === undefined ? undefined : toEntry(member).value).toBe('');
});

function isEntry(declaration: Declaration): declaration is EntryDeclaration {
  return declaration.kind === 'set' || declaration.kind === 'member';
}
