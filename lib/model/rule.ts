// A rule as data: matches in their order plus at most one target. What the vocabulary does not know is kept as opaque words.

/** An inclusive range; a single port has `first === last`. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** An option as iptables-save prints it: defaults filled in, values in the form of the tools, in the tools' order. */
export interface ModuleOption {
  /** With its dashes, as in `--limit`. */
  readonly name: string;
  readonly negated?: boolean;
  readonly values: readonly string[];
}

/** `-p` (by name or number), `-s`, `-d`, `-i`, `-o`, `-f` come first in saved rules; the other kinds are `-m` modules. */
export type Match =
  | { readonly kind: 'source' | 'destination'; readonly negated?: boolean; readonly prefix: string }
  | { readonly kind: 'in-interface' | 'out-interface'; readonly negated?: boolean; readonly device: string }
  | { readonly kind: 'protocol'; readonly negated?: boolean; readonly protocol: string }
  | { readonly kind: 'fragment'; readonly negated?: boolean }
  | {
      readonly kind: 'ports';
      readonly protocol: 'tcp' | 'udp' | 'sctp' | 'dccp';
      readonly source?: { readonly negated?: boolean; readonly ports: PortRange };
      readonly destination?: { readonly negated?: boolean; readonly ports: PortRange };
      /** Only tcp: of the flags in `mask` exactly those in `set` are set; both as the kernel lists them, FIN first. */
      readonly flags?: {
        readonly negated?: boolean;
        readonly mask: readonly string[];
        readonly set: readonly string[];
      };
      /** Only tcp: a TCP option by number. */
      readonly option?: { readonly negated?: boolean; readonly number: number };
    }
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'mark'; readonly negated?: boolean; readonly value: number; readonly mask: number }
  | { readonly kind: 'statistic-random'; readonly negated?: boolean; readonly probability: number }
  | {
      readonly kind: 'addrtype';
      readonly source?: { readonly negated?: boolean; readonly type: string };
      readonly destination?: { readonly negated?: boolean; readonly type: string };
      readonly limit?: 'in' | 'out';
    }
  /** `-m conntrack` with nothing but `--ctstate`. */
  | { readonly kind: 'ctstate'; readonly negated?: boolean; readonly states: readonly string[] }
  /** Any other module that the vocabulary knows. */
  | { readonly kind: 'module'; readonly module: string; readonly options: readonly ModuleOption[] }
  /** A module that the vocabulary does not know: its words as given, `-m` and module name first. */
  | { readonly kind: 'opaque'; readonly words: readonly string[] };

/** What becomes of a packet that matches, told apart by `kind`. */
export type Target =
  | { readonly kind: 'verdict'; readonly verdict: 'ACCEPT' | 'DROP' | 'RETURN' | 'QUEUE' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | { readonly kind: 'dnat' | 'snat'; readonly to: string; readonly flags: readonly TranslationFlag[] }
  | { readonly kind: 'masquerade'; readonly toPorts?: PortRange; readonly flags: readonly TranslationFlag[] }
  /** The packet mark becomes `(mark & ~mask) ^ value`, as iptables-save prints every MARK target: `--set-xmark value/mask`. */
  | { readonly kind: 'mark'; readonly value: number; readonly mask: number }
  | { readonly kind: 'reject'; readonly with: string }
  /** Any other target extension that the vocabulary knows: LOG, REDIRECT, CONNMARK, … */
  | { readonly kind: 'extension'; readonly extension: string; readonly options: readonly ModuleOption[] }
  /** A target that the vocabulary does not know: its words as given, `-j` and name first. */
  | { readonly kind: 'opaque'; readonly words: readonly string[] };

/** How ports and addresses are chosen, as the options of the tools are named. */
export type TranslationFlag = 'random' | 'random-fully' | 'persistent';

/** Matches in their order, all of which must hold, and what then happens. */
export interface Rule {
  readonly matches: readonly Match[];
  /** Absent: the rule only counts. */
  readonly target?: Target;
}

/** True if every word of the rule is in the vocabulary, so that we know how the tools save it. */
export function isFullyModelled(rule: Rule): boolean {
  return rule.target?.kind !== 'opaque' && rule.matches.every((match) => match.kind !== 'opaque');
}
