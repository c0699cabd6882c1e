// Reads `ip` command lines of a part (link, addr, route, rule) and prints what they declare as lines and entries.
import type { EntryDeclaration } from '../../model/declaration';
import type { Entry } from '../../model/entry';
import type {
  AddressDeclaration,
  LinkDeclaration,
  LinkStateDeclaration,
  RouteDeclaration,
  RoutingRuleDeclaration,
} from '../../model/ip';
import { refuse } from '../problem';

/** What a line of `ip` may declare. */
export type IpDeclaration =
  LinkDeclaration | LinkStateDeclaration | AddressDeclaration | RouteDeclaration | RoutingRuleDeclaration;

/** What the words behind `ip` declare. Throws `InvalidInput`. */
export function readIp(words: readonly string[]): readonly EntryDeclaration[] {
  return refuse('tool-not-yet', `lines of ip cannot be declared in this version: ${words.join(' ')}`, {
    fix: 'leave the line out',
  });
}

/** The canonical command line and what it is compared by. */
export function ipEntry(declaration: IpDeclaration): Entry {
  return { kind: declaration.kind, key: declaration.kind, value: '', line: 'ip' };
}
