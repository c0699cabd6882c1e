// What one line of a part declares, and where it stands. Parts are read into these, and constructs print them as lines.
import { isEntryKind } from './entry';
import type {
  AddressDeclaration,
  LinkDeclaration,
  LinkStateDeclaration,
  RouteDeclaration,
  RoutingRuleDeclaration,
} from './ip';
import type { MemberDeclaration, SetDeclaration } from './ipset';
import type { ChainAddress } from './iptables';
import type { RealServerDeclaration, VirtualServerDeclaration } from './ipvs';
import type { Rule } from './rule';

/** Part name -> lines in the tools' own syntax. A name beginning with `~` is ours and only a refresh writes it. */
export type Parts = Readonly<Record<string, string>>;

/** `-N`: the chain is ours, and its rules are those that parts declare. */
export type ChainDeclaration = ChainAddress & { readonly kind: 'chain' };
/** `head` is `-I`, `tail` is `-A`. */
export type RuleDeclaration = ChainAddress & {
  readonly kind: 'rule';
  readonly place: 'head' | 'tail';
  readonly rule: Rule;
};
/** `-P`: what becomes of packets that no rule of the built-in chain decided on. */
export type PolicyDeclaration = ChainAddress & {
  readonly kind: 'policy';
  readonly policy: 'ACCEPT' | 'DROP';
};
/** `key` in the dotted form of sysctl(8); `value` with single spaces between its fields. */
export interface SysctlDeclaration {
  readonly kind: 'sysctl';
  readonly key: string;
  readonly value: string;
}

/** What the kernel holds by key: `toEntry` (syntax/entry.ts) gives the form in which it is compared. */
export type EntryDeclaration =
  | LinkDeclaration
  | LinkStateDeclaration
  | AddressDeclaration
  | RouteDeclaration
  | RoutingRuleDeclaration
  | SetDeclaration
  | MemberDeclaration
  | VirtualServerDeclaration
  | RealServerDeclaration;

/** What one line can say, told apart by `kind`. */
export type Declaration =
  ChainDeclaration | RuleDeclaration | PolicyDeclaration | SysctlDeclaration | EntryDeclaration;

/** True for a link, an address, a set, a virtual server and the like. */
export function isEntryDeclaration(declaration: Declaration): declaration is EntryDeclaration {
  return isEntryKind(declaration.kind);
}

/** Where a line stands. `line` counts from 1 in the part's text; `text` is the user's wording, continuations included. */
export interface Source {
  readonly part: string;
  readonly line: number;
  readonly text: string;
}

/** For messages: `part "20-nat", line 3`. */
export function printSource(source: Source): string {
  return `part "${source.part}", line ${source.line}`;
}

/** A declaration and the line that it comes from, so that an error can name the line. */
export interface Declared<D extends Declaration = Declaration> {
  readonly declaration: D;
  readonly source: Source;
}
