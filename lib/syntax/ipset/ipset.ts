// Reads `ipset` command lines of a part (create, add) and prints what they declare as lines and entries.
import type { EntryDeclaration } from '../../model/declaration';
import type { Entry } from '../../model/entry';
import type { MemberDeclaration, SetDeclaration } from '../../model/ipset';
import { refuse } from '../problem';

/** What the words behind `ipset` declare. Throws `InvalidInput`. */
export function readIpset(words: readonly string[]): readonly EntryDeclaration[] {
  return refuse('tool-not-yet', `lines of ipset cannot be declared in this version: ${words.join(' ')}`, {
    fix: 'leave the line out',
  });
}

/** The canonical command line and what it is compared by. */
export function ipsetEntry(declaration: SetDeclaration | MemberDeclaration): Entry {
  return { kind: declaration.kind, key: declaration.kind, value: '', line: 'ipset' };
}
