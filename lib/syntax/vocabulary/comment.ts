// The comment match: free text that says why a rule is there, and whose it is.
import { COMMENT_LENGTH } from '../../model/iptables';
import type { Match } from '../../model/rule';
import { refuse } from '../problem';
import type { MatchEntry } from './entry';

type CommentMatch = Extract<Match, { kind: 'comment' }>;

/** Refuses a comment that the tools would cut. */
export const COMMENT_ENTRY: MatchEntry = {
  module: 'comment',
  options: [{ name: '--comment', text: true }],
  read: (given) => {
    const [text = ''] = given.require('--comment').values;
    const bytes = Buffer.byteLength(text);
    if (bytes > COMMENT_LENGTH) {
      refuse('long-comment', `a comment has at most ${COMMENT_LENGTH} bytes, got ${bytes}`, {
        allowed: `up to ${COMMENT_LENGTH} bytes of UTF-8; the tools would cut the rest without a word`,
        fix: 'shorten it',
      });
    }
    return { kind: 'comment', text };
  },
};

/** The text unquoted: who prints the words quotes it. */
export function printComment({ text }: CommentMatch): string[] {
  return ['-m', 'comment', '--comment', text];
}
