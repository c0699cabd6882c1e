// From a declaration to the entry that it is compared by: key, value and canonical line. Used by print.ts and converge.
import type { EntryDeclaration } from '../model/declaration';
import type { Entry } from '../model/entry';
import { ipEntry } from './ip/ip';
import { ipsetEntry } from './ipset/ipset';
import { ipvsEntry } from './ipvs/ipvsadm';

/** Two declarations of one object have the same key; they mean the same where the values are equal too. */
export function toEntry(declaration: EntryDeclaration): Entry {
  switch (declaration.kind) {
    case 'link':
    case 'link-state':
    case 'address':
    case 'route':
    case 'routing-rule':
      return ipEntry(declaration);
    case 'set':
    case 'member':
      return ipsetEntry(declaration);
    case 'virtual-server':
    case 'real-server':
      return ipvsEntry(declaration);
  }
}
