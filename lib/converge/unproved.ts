// What of a desired state the host's kernel has not taken yet: the part of it that a proof must try. Used by plan and apply.
import type { Entry } from '../model/entry';
import type { ChainAddress } from '../model/iptables';
import { chainKey } from '../model/iptables';
import type { DesiredChain, DesiredRule, DesiredState } from './desired';
import { targetChain } from './desired';
import { isList } from './ipset/set-entries';
import type { Live } from './live';
import { onceFor } from './once-for';

/**
 * Rules that are live word for word and members that are in their set were taken by this very kernel. But a kernel judges a rule
 * also by where it can be reached from (MASQUERADE from POSTROUTING only) and refuses loops, so the rules that lead to a new one
 * and those that it leads to are tried with it. Everything else of `desired` is left as it is.
 */
export const unproved = onceFor((desired: DesiredState, live: Live): DesiredState => {
  const fresh = freshRules(desired, live);
  const tried = new Set([...fresh, ...below(fresh, desired), ...above(fresh, desired)]);
  const chains = new Map<string, DesiredChain>();
  for (const [key, chain] of desired.chains) {
    const rules = chain.rules.filter((rule) => tried.has(rule));
    if (rules.length > 0 || !live.chains.has(key)) chains.set(key, { ...chain, rules });
  }
  const plainSets = plainSetsOf(desired);
  const isPlainMember = ({ kind, container }: Entry): boolean =>
    kind === 'member' && container !== undefined && plainSets.has(container);
  const entries = [...desired.entries].filter(
    ([key, { entry }]) => !isPlainMember(entry) || live.entries.get(key)?.value !== entry.value,
  );
  return { ...desired, chains, entries: new Map(entries) };
});

/** Members of a list stand in an order, each behind another one. */
function plainSetsOf({ entries }: DesiredState): ReadonlySet<string> {
  const sets = [...entries].filter(([, { entry }]) => entry.kind === 'set' && !isList(entry));
  return new Set(sets.map(([key]) => key));
}

function freshRules({ chains }: DesiredState, live: Live): Set<DesiredRule> {
  const fresh = new Set<DesiredRule>();
  for (const [key, { rules }] of chains) {
    const there = live.chains.get(key)?.rules ?? [];
    if (rules.every(({ text }, index) => text === there[index])) continue;
    const standing = new Set(there);
    for (const rule of rules) if (!standing.has(rule.text)) fresh.add(rule);
  }
  return fresh;
}

/** All rules of the chains that these lead to. */
function below(from: ReadonlySet<DesiredRule>, { chains }: DesiredState): Set<DesiredRule> {
  const found = new Set<DesiredRule>();
  const next = [...chains.values()].flatMap(({ address, rules }) =>
    rules.filter((rule) => from.has(rule)).map((rule) => ({ address, rule })),
  );
  for (let each = next.pop(); each !== undefined; each = next.pop()) {
    const target = targetKey(each.address, each.rule);
    const chain = target === undefined ? undefined : chains.get(target);
    if (chain === undefined) continue;
    for (const rule of chain.rules) {
      if (found.has(rule)) continue;
      found.add(rule);
      next.push({ address: chain.address, rule });
    }
  }
  return found;
}

/** The rules by which a packet can come to these. */
function above(from: ReadonlySet<DesiredRule>, desired: DesiredState): Set<DesiredRule> {
  const callers = callersOf(desired);
  const next = [...desired.chains].flatMap(([key, { rules }]) =>
    rules.some((rule) => from.has(rule)) ? [key] : [],
  );
  const found = new Set<DesiredRule>();
  const seen = new Set(next);
  for (let key = next.pop(); key !== undefined; key = next.pop()) {
    for (const { chain, rule } of callers.get(key) ?? []) {
      found.add(rule);
      if (seen.has(chain)) continue;
      seen.add(chain);
      next.push(chain);
    }
  }
  return found;
}

interface Caller {
  readonly chain: string;
  readonly rule: DesiredRule;
}

/** By the chain that they lead to. */
const callersOf = onceFor(({ chains }: DesiredState): ReadonlyMap<string, readonly Caller[]> => {
  const callers = new Map<string, Caller[]>();
  for (const [chain, { address, rules }] of chains) {
    for (const rule of rules) {
      const target = targetKey(address, rule);
      if (target === undefined) continue;
      const known = callers.get(target);
      if (known === undefined) callers.set(target, [{ chain, rule }]);
      else known.push({ chain, rule });
    }
  }
  return callers;
});

function targetKey({ family, table }: ChainAddress, { rule }: DesiredRule): string | undefined {
  const chain = targetChain(rule);
  return chain === undefined ? undefined : chainKey({ family, table, chain });
}
