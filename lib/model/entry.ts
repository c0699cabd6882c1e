// What a kernel holds by key and is compared whole: links, addresses, routes, sets, members, virtual servers. Used by syntax and converge.

/** The kinds of declaration that are entries; rules, chains, policies and sysctls are compared in ways of their own. */
export const ENTRY_KINDS = [
  'link',
  'link-state',
  'address',
  'route',
  'routing-rule',
  'set',
  'member',
  'virtual-server',
  'real-server',
] as const;
/** One of them. */
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** One object of the kernel, as declared or as live, in the canonical form in which the two are compared. */
export interface Entry {
  readonly kind: EntryKind;
  /** Tells it from every other object of the host, such as `address enp0s5 182.16.100.101/24`; begins with its kind. */
  readonly key: string;
  /** What about it can differ under one key, canonical; empty where it is only there or not. */
  readonly value: string;
  /** The key of the entry that it lives and dies with: the set of a member, the virtual server of a real server. */
  readonly container?: string;
  /** The canonical command line that declares it, such as `ip addr add 182.16.100.101/24 dev enp0s5`. */
  readonly line: string;
}

/** True if a declaration of this kind is an entry. */
export function isEntryKind(kind: string): kind is EntryKind {
  const kinds: readonly string[] = ENTRY_KINDS;
  return kinds.includes(kind);
}
