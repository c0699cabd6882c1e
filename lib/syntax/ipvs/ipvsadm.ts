// Reads `ipvsadm` command lines of a part (-A, -a) and prints what they declare as lines and entries.
import type { EntryDeclaration } from '../../model/declaration';
import type { Entry } from '../../model/entry';
import type { RealServerDeclaration, VirtualServerDeclaration } from '../../model/ipvs';
import { refuse } from '../problem';

/** What the words behind `ipvsadm` declare. Throws `InvalidInput`. */
export function readIpvsadm(words: readonly string[]): readonly EntryDeclaration[] {
  return refuse('tool-not-yet', `lines of ipvsadm cannot be declared in this version: ${words.join(' ')}`, {
    fix: 'leave the line out',
  });
}

/** The canonical command line and what it is compared by. */
export function ipvsEntry(declaration: VirtualServerDeclaration | RealServerDeclaration): Entry {
  return { kind: declaration.kind, key: declaration.kind, value: '', line: 'ipvsadm' };
}
