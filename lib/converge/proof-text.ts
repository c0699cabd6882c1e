// Desired rules as input for iptables-restore in an empty namespace, where nothing else is. Used by proof.ts.
import type { Family, Table } from '../model/iptables';
import { isBuiltInChain } from '../model/iptables';
import type { DesiredChain, DesiredRule, DesiredState } from './desired';
import { targetChain } from './desired';
import { toText } from './to-text';

export interface ProofText {
  readonly text: string;
  /** By line of the text, from 1. */
  readonly rules: ReadonlyMap<number, DesiredRule>;
}

/** One table after the other; foreign chains and those that are jumped to are there, empty. Rules of `only`, if given. */
export function printProof(
  desired: DesiredState,
  family: Family,
  only?: ReadonlySet<DesiredRule>,
): ProofText {
  const lines: string[] = [];
  const rules = new Map<number, DesiredRule>();
  for (const [table, chains] of byTable(desired, family)) {
    lines.push(`*${table}`, ...namesIn(chains).map((name) => `:${name} - [0:0]`));
    for (const chain of chains) {
      for (const rule of chain.rules) {
        if (only?.has(rule) === false) continue;
        lines.push(`-A ${chain.address.chain} ${rule.text}`.trimEnd());
        rules.set(lines.length, rule);
      }
    }
    lines.push('COMMIT');
  }
  return { text: toText(lines), rules };
}

/** The rules in the order of the text. */
export function provedRules(desired: DesiredState, family: Family): DesiredRule[] {
  return [...byTable(desired, family).values()].flat().flatMap(({ rules }) => rules);
}

function byTable(desired: DesiredState, family: Family): Map<Table, DesiredChain[]> {
  const tables = new Map<Table, DesiredChain[]>();
  for (const chain of desired.chains.values()) {
    if (chain.address.family !== family) continue;
    const chains = tables.get(chain.address.table);
    if (chains === undefined) tables.set(chain.address.table, [chain]);
    else chains.push(chain);
  }
  return tables;
}

function namesIn(chains: readonly DesiredChain[]): string[] {
  const names = new Set<string>();
  for (const { address, rules } of chains) {
    for (const chain of [address.chain, ...rules.flatMap(({ rule }) => targetChain(rule) ?? [])]) {
      if (!isBuiltInChain({ table: address.table, chain })) names.add(chain);
    }
  }
  return [...names];
}
