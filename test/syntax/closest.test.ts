// What a typing error was probably meant for.
import { expect, test } from 'vitest';
import { closest, slips } from '../../lib/syntax/closest';

test.each([
  ['', '', 0],
  ['tcp', 'tcp', 0],
  ['--dprot', '--dport', 1],
  ['--probabilty', '--probability', 1],
  ['MASQURADE', 'MASQUERADE', 1],
  ['abc', '', 3],
  ['dst', 'src', 3],
])('from %j to %j it takes %i slips', (given, meant, count) => {
  expect(slips(given, meant)).toBe(count);
});

test.each([
  ['iptabels', ['iptables', 'sysctl'], 'iptables'],
  ['sysclt', ['iptables', 'sysctl'], 'sysctl'],
  ['nft', ['iptables', 'sysctl'], undefined],
  ['dst', ['src'], undefined],
])('%s is closest to one of %j', (given, candidates, meant) => {
  expect(closest(given, candidates)).toBe(meant);
});
