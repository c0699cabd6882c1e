// What an iptables command line of a part declares, and why one is refused.
import { expect, test } from 'vitest';
import { readIptables } from '../../lib/syntax/iptables';
import { parsePart } from '../../lib/syntax/parts';
import { printDeclaration } from '../../lib/syntax/print';
import { splitWords } from '../../lib/syntax/words';
import { printRefusal, readLineCases } from './line-cases';

test.each([
  ['-N FOO', ['iptables -t filter -N FOO']],
  ['--new-chain FOO --table nat', ['iptables -t nat -N FOO']],
  ['-t nat -A POSTROUTING -j MASQUERADE', ['iptables -t nat -A POSTROUTING -j MASQUERADE']],
  ['-A POSTROUTING -j MASQUERADE -t nat', ['iptables -t nat -A POSTROUTING -j MASQUERADE']],
  ['-j MASQUERADE --append POSTROUTING --table=nat', ['iptables -t nat -A POSTROUTING -j MASQUERADE']],
  ['-tnat -APOSTROUTING -jMASQUERADE', ['iptables -t nat -A POSTROUTING -j MASQUERADE']],
  ['-I INPUT -j ACCEPT', ['iptables -t filter -I INPUT -j ACCEPT']],
  ['-I INPUT 1 -j ACCEPT', ['iptables -t filter -I INPUT -j ACCEPT']],
  ['--insert INPUT 1', ['iptables -t filter -I INPUT']],
  ['-A FOO', ['iptables -t filter -A FOO']],
  ['-P FORWARD DROP', ['iptables -t filter -P FORWARD DROP']],
  ['--policy FORWARD ACCEPT -t mangle', ['iptables -t mangle -P FORWARD ACCEPT']],
  ['-w -A INPUT -j DROP', ['iptables -t filter -A INPUT -j DROP']],
  ['-w5 -W100 -A INPUT -j DROP', ['iptables -t filter -A INPUT -j DROP']],
  ['-v -A INPUT -j DROP', ['iptables -t filter -A INPUT -j DROP']],
  ['-A INPUT -j DROP --verbose', ['iptables -t filter -A INPUT -j DROP']],
  ['-w 5 -W 100000 -A INPUT -j DROP', ['iptables -t filter -A INPUT -j DROP']],
  ['--wait --wait-interval 9 -A INPUT -j DROP', ['iptables -t filter -A INPUT -j DROP']],
  [
    '-A INPUT -s 10.0.0.1,10.0.0.2/31 -d 10.0.1.1,10.0.1.2 -j DROP',
    [
      'iptables -t filter -A INPUT -s 10.0.0.1/32 -d 10.0.1.1/32 -j DROP',
      'iptables -t filter -A INPUT -s 10.0.0.1/32 -d 10.0.1.2/32 -j DROP',
      'iptables -t filter -A INPUT -s 10.0.0.2/31 -d 10.0.1.1/32 -j DROP',
      'iptables -t filter -A INPUT -s 10.0.0.2/31 -d 10.0.1.2/32 -j DROP',
    ],
  ],
  ['-A INPUT -s ! 10.0.0.0/8 -p ! tcp', ['iptables -t filter -A INPUT ! -s 10.0.0.0/8 ! -p tcp']],
  ['-A INPUT -p tcp --dport ! 80', ['iptables -t filter -A INPUT -p tcp -m tcp ! --dport 80']],
  ['-A INPUT -m mark --mark ! 1', ['iptables -t filter -A INPUT -m mark ! --mark 0x1']],
  ['-A INPUT -m comment --comment !', [`iptables -t filter -A INPUT -m comment --comment '!'`]],
  [
    '-A INPUT -m comment --comment "-A OUTPUT -j DROP"',
    ['iptables -t filter -A INPUT -m comment --comment "-A OUTPUT -j DROP"'],
  ],
  [
    '-A INPUT -m comment --comment -F -j ACCEPT',
    ['iptables -t filter -A INPUT -m comment --comment -F -j ACCEPT'],
  ],
  ['-A cali-fw:eth0@1.2 -j x/y', ['iptables -t filter -A cali-fw:eth0@1.2 -j x/y']],
  ['-A AAAAAAAAAAAAAAAAAAAAAAAAAAAA', ['iptables -t filter -A AAAAAAAAAAAAAAAAAAAAAAAAAAAA']],
  [
    '-t nat -A GW -p tcp -j DNAT --to-destination 10.0.0.1:80',
    ['iptables -t nat -A GW -p tcp -m tcp -j DNAT --to-destination 10.0.0.1:80'.replace(' -m tcp', '')],
  ],
  [
    '-A INPUT -m frobnicate --deep 3 -j ACCEPT',
    ['iptables -t filter -A INPUT -m frobnicate --deep 3 -j ACCEPT'],
  ],
])('%s', (given, printed) => {
  expect(readIptables(splitWords(given), 'ipv4').map(printDeclaration)).toEqual(printed);
});

test.each([
  ['-A GW-A -p icmpv6 -j ACCEPT', ['ip6tables -t filter -A GW-A -p ipv6-icmp -j ACCEPT']],
  ['-t nat -N GW-A', ['ip6tables -t nat -N GW-A']],
  ['-P FORWARD DROP', ['ip6tables -t filter -P FORWARD DROP']],
  [
    '-I INPUT -s fd00::1,2001:DB8::/32 -j DROP',
    [
      'ip6tables -t filter -I INPUT -s fd00::1/128 -j DROP',
      'ip6tables -t filter -I INPUT -s 2001:db8::/32 -j DROP',
    ],
  ],
  [
    '-t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to [fd00::0:5]:8080',
    ['ip6tables -t nat -A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination "[fd00::5]:8080"'],
  ],
])('ip6tables %s', (given, printed) => {
  expect(readIptables(splitWords(given), 'ipv6').map(printDeclaration)).toEqual(printed);
});

test.each([
  ...readLineCases('test/cases/refusals/iptables.lines'),
  ...readLineCases('test/cases/refusals/ip6tables.lines'),
])('$name is refused: $given', ({ given, problems }) => {
  const read = parsePart('runbook', given);
  expect(read.problems.map(printRefusal)).toEqual(problems);
  expect(problems).toHaveLength(1);
  expect(read.lines.flatMap(({ declared }) => declared)).toEqual([]);
});
