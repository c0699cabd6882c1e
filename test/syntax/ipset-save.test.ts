// What `ipset save` prints, read back: the same declarations as the lines of a part give, whatever the kernel added.
import { expect, test } from 'vitest';
import { parseIpsetSave, UnreadableSets } from '../../lib/syntax/ipset/ipset-save';
import { printMemberOptions } from '../../lib/syntax/ipset/restore-lines';
import { printDeclaration } from '../../lib/syntax/print';

/** The lines that a part would hold. */
function linesOf(text: string): string[] {
  const { sets, members } = parseIpsetSave(text);
  return [...sets, ...members].map(printDeclaration);
}

test.each<[name: string, saved: string, lines: readonly string[]]>([
  ['nothing', '', []],
  [
    'what the kernel made up, and defaults, are left out',
    'create S hash:ip family inet hashsize 2048 maxelem 65536 bucketsize 12 initval 0x8af49666\n',
    ['ipset create S hash:ip'],
  ],
  [
    'options of several ages of the tool come in one order',
    'create S hash:ip family inet6 hashsize 64 maxelem 9 netmask 64 timeout 5 counters comment skbinfo\n',
    ['ipset create S hash:ip family inet6 maxelem 9 netmask 64 timeout 5 counters comment skbinfo'],
  ],
  [
    'what the tool puts behind a mask, after a set whose members hold networks, is none of it',
    'create S hash:ip family inet hashsize 1024 maxelem 65536 bitmask 255.0.255.254/226 bucketsize 12 initval 0xe259cde2\n',
    ['ipset create S hash:ip bitmask 255.0.255.254'],
  ],
  [
    'an option that is not known is kept as words',
    'create S hash:ip family inet hashsize 64 maxelem 65536 novel 5\n',
    ['ipset create S hash:ip novel 5'],
  ],
  [
    'counters are left out, and of a timeout what is left of it stays',
    [
      'create S hash:net family inet hashsize 64 maxelem 65536 timeout 100 counters comment skbinfo',
      'add S 10.0.0.0/8 timeout 49 nomatch packets 3 bytes 9 comment "x  y" skbmark 0x5/0xff skbprio 1:2 skbqueue 7',
      'add S 192.0.2.1 timeout 0 packets 0 bytes 0',
      '',
    ].join('\n'),
    [
      'ipset create S hash:net timeout 100 counters comment skbinfo',
      'ipset add S 10.0.0.0/8 timeout 49 nomatch comment "x  y" skbmark 0x5/0xff skbprio 1:2 skbqueue 7',
      'ipset add S 192.0.2.1 timeout 0',
    ],
  ],
  [
    'what is not known of a member is kept as words',
    'create S hash:ip family inet\nadd S 192.0.2.1 timeout 5 9 nomatch 7\n',
    ['ipset create S hash:ip', 'ipset add S 192.0.2.1 timeout 5 9 nomatch 7'],
  ],
  [
    'the words of a comment are no options',
    'create S hash:ip family inet comment\nadd S 192.0.2.1 comment " timeout 5 nomatch skbmark 0x1"\n',
    ['ipset create S hash:ip comment', 'ipset add S 192.0.2.1 comment " timeout 5 nomatch skbmark 0x1"'],
  ],
  [
    'members of a list stand after one another',
    'create A hash:ip family inet\ncreate L list:set size 8\nadd L A\nadd L B\nadd L C comment "c"\n',
    [
      'ipset create A hash:ip',
      'ipset create L list:set',
      'ipset add L A',
      'ipset add L B after A',
      'ipset add L C after B comment c',
    ],
  ],
  [
    'a comment may hold a newline',
    'create S hash:ip comment\nadd S 192.0.2.1 comment "a\nadd b"\nadd S 192.0.2.2\n',
    ['ipset create S hash:ip comment', 'ipset add S 192.0.2.1 comment "a\nadd b"', 'ipset add S 192.0.2.2'],
  ],
  [
    'names of others may hold what ours may not',
    'create na me hash:ip family inet\nadd na me 192.0.2.1\ncreate a"b hash:ip\nadd a"b 192.0.2.2\n',
    [
      'ipset create "na me" hash:ip',
      `ipset create 'a"b' hash:ip`,
      'ipset add "na me" 192.0.2.1',
      `ipset add 'a"b' 192.0.2.2`,
    ],
  ],
])('%s', (_name, saved, lines) => {
  expect(linesOf(saved)).toEqual(lines);
});

test.each([
  ['another text', 'Name: S\nType: hash:ip\n'],
  ['members of no set', 'add S 192.0.2.1\n'],
  ['members of a set that was not named before', 'create S hash:ip family inet\nadd T 192.0.2.1\n'],
  ['a comment without an end', 'create S hash:ip comment\nadd S 192.0.2.1 comment "cut\n'],
])('%s cannot be read', (_name, saved) => {
  expect(() => parseIpsetSave(saved)).toThrow(UnreadableSets);
});

test('options of a member are printed as the tool prints them', () => {
  expect(printMemberOptions(`timeout running comment 'it'\\''s "not" $HOME' skbmark 0x1`)).toBe(
    `timeout running comment "it's "not" $HOME" skbmark 0x1`,
  );
});
