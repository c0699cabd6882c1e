// The chains that a packet walks, and what the simulator must know beside them. Used by traverse.ts and by who asks for a walk.
import type { ChainAddress, Family } from '../model/iptables';
import type { Rule } from '../model/rule';
import { parseRuleText } from '../syntax/iptables-rule';
import type { Addresses } from './addresses';
import type { Answer } from './answer';

/** One chain as iptables-save tells it. */
export interface Chain {
  readonly address: ChainAddress;
  /** Of a built-in chain. */
  readonly policy?: string;
  /** What stands behind `-A CHAIN `. */
  readonly rules: readonly string[];
}

/** By `chainKey`. A built-in chain that is absent is empty and accepts. */
export type RuleSet = ReadonlyMap<string, Chain>;

/** A host as far as a packet meets it. */
export interface Surroundings {
  readonly ruleSet: RuleSet;
  /** Is it an address of the host itself? */
  readonly isLocal: (addresses: Addresses, family: Family) => Answer;
  readonly parse: ParseRule;
}

export type ParseRule = (text: string, family: Family) => Rule;

/** Reads each rule once: reading is what costs most, and the chains before and after a change share nearly all rules. */
export function rememberingParser(): ParseRule {
  const read = { ipv4: new Map<string, Rule>(), ipv6: new Map<string, Rule>() };
  return (text, family) => {
    const found = read[family].get(text);
    if (found !== undefined) return found;
    const rule = parseRuleText(text, family);
    read[family].set(text, rule);
    return rule;
  };
}
