// Sets and their members in the terms of ipset(8).

/** An option with its value, such as `timeout 300`, or without, such as `counters`. */
export interface SetOption {
  readonly name: string;
  readonly value?: string;
}

/** `ipset create NAME TYPE …`: the set is ours, and its members are those that parts declare. */
export interface SetDeclaration {
  readonly kind: 'set';
  readonly name: string;
  /** `hash:ip`, `bitmap:port`, `list:set`, … */
  readonly type: string;
  /** Canonical: those that count, defaults filled in, in a fixed order. */
  readonly options: readonly SetOption[];
}

/** `ipset add SET MEMBER …`. */
export interface MemberDeclaration {
  readonly kind: 'member';
  readonly set: string;
  /** As ipset prints it. */
  readonly member: string;
  /** `timeout`, `comment`, `nomatch`, `skbmark`, … */
  readonly options: readonly SetOption[];
}

/** The kernel's limit (IPSET_MAXNAMELEN less the terminator). */
export const SET_NAME_LENGTH = 31;
