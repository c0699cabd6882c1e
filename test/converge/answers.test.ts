// What a host answers, as typed values: a proof that was refused.
import { expect, test } from 'vitest';
import { parseProof } from '../../lib/converge/answers';

test.each([
  [
    'an option, as both kinds of iptables word it',
    "iptables-restore v1.8.9 (nf_tables): unknown option \"--bogus\"\nError occurred at line: 2\nTry `iptables-restore -h' or 'iptables-restore --help' for more information.\n",
    { line: 2, message: 'iptables-restore v1.8.9 (nf_tables): unknown option "--bogus"' },
  ],
  [
    'a rule, by the kernel under iptables-nft',
    'iptables-restore v1.8.9 (nf_tables): \nline 2: RULE_APPEND failed (Invalid argument): rule in chain INPUT\n',
    {
      line: 2,
      message:
        'iptables-restore v1.8.9 (nf_tables): RULE_APPEND failed (Invalid argument): rule in chain INPUT',
    },
  ],
  [
    'a rule, by the kernel under iptables-legacy',
    'iptables-restore: line 3 failed\n',
    { line: 3, message: 'iptables-restore: the kernel gives no reason' },
  ],
])('the line of our text that refuses %s is taken out of the message', (_what, text, expected) => {
  const answer = { words: [], sections: new Map([['error', { text, code: '1' }]]) };
  expect(parseProof(answer)).toEqual({ kind: 'refused', ...expected });
});
