// From what a host holds to what it should hold: the changes of chains, rules, policies and sysctls of one scope.
import type { ChainAlignment, Wording } from './align';
import { align, isAligned } from './align';
import type { Change, ChainChange, Edit, SysctlChange } from './change';
import type { DesiredRule, DesiredState } from './desired';
import type { Live } from './live';

/** Empty where the host holds what is desired. Values that the scope lets go of come from (release.ts). */
export function diff(desired: DesiredState, live: Live, wording: Wording): Change[] {
  const chains = align(desired, live, wording)
    .filter((alignment) => !isAligned(alignment))
    .flatMap((alignment) => chainChange(alignment, desired, { live, wording }));
  return [...sysctlChanges(desired, live), ...policyChanges(desired, live), ...chains];
}

function sysctlChanges(desired: DesiredState, live: Live): SysctlChange[] {
  return [...desired.sysctls.values()].flatMap(({ declaration: { key, value } }) => {
    const before = live.sysctls.get(key);
    return before === undefined || before === value ? [] : [{ kind: 'sysctl', key, before, after: value }];
  });
}

function policyChanges(desired: DesiredState, live: Live): ChainChange[] {
  return [...desired.policies].flatMap(([key, { declaration }]) => {
    const before = live.chains.get(key)?.policy ?? 'ACCEPT';
    const { family, table, chain, policy } = declaration;
    return before === policy
      ? []
      : [{ kind: 'policy', address: { family, table, chain }, before, after: policy }];
  });
}

function chainChange(
  alignment: ChainAlignment,
  { scope }: DesiredState,
  { live, wording }: { live: Live; wording: Wording },
): ChainChange[] {
  const { address, own, desired } = alignment;
  if (own) {
    const before = alignment.live?.rules;
    const after =
      desired?.rules.map(({ text }) => wording(address, text)) ??
      adoptedLeftover(alignment, scope.name, live);
    if (desired === undefined && after !== undefined && after.length === before?.length) return [];
    return [
      {
        kind: 'fill',
        address,
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      },
    ];
  }
  const edits = foreignEdits(alignment);
  return edits.length === 0 ? [] : [{ kind: 'edit', address, edits }];
}

/** A chain that existed before it was declared is never removed: emptied if it was empty, left if it had our rules. */
function adoptedLeftover(
  { address, live: chain }: ChainAlignment,
  scope: string,
  live: Live,
): readonly string[] | undefined {
  const adopted = live.manifest.scopes[scope]?.adopted[`${address.family} ${address.table} ${address.chain}`];
  if (adopted === undefined) return undefined;
  return adopted === 'empty' ? [] : (chain?.rules ?? []);
}

/** Our rules that are in order stay; the others are deleted, then what is missing is put beside its nearest neighbour. */
function foreignEdits({ desired, live, pairs, unexpected }: ChainAlignment): Edit[] {
  const stays = new Set(longestAscending(pairs.map(({ rank }) => rank)).map((index) => pairs[index]));
  const rules: StandingRule[] = (live?.rules ?? []).map((text) => ({ text }));
  const doomed = new Set([
    ...unexpected,
    ...pairs.filter((pair) => !stays.has(pair)).map(({ position }) => position),
  ]);
  for (const pair of stays) {
    const rule = pair === undefined ? undefined : rules[pair.position];
    if (rule !== undefined && pair !== undefined) rule.rank = pair.rank;
  }
  const deletions = deleteRules(rules, doomed);
  return [...deletions, ...insertRules(rules, desired?.rules ?? [])];
}

interface StandingRule {
  readonly text: string;
  /** Its place in our order, for a rule of ours that stays. */
  rank?: number;
}

/** By text, as iptables does it: of equal rules the first goes, so one that was to stay may go too and is inserted anew. */
function deleteRules(rules: StandingRule[], doomed: ReadonlySet<number>): Edit[] {
  const edits: Edit[] = [];
  for (const rule of [...doomed].map((position) => rules[position])) {
    while (rule !== undefined && rules.includes(rule)) {
      const index = rules.findIndex(({ text }) => text === rule.text);
      rules.splice(index, 1);
      edits.push({ kind: 'delete', position: index + 1, text: rule.text });
    }
  }
  return edits;
}

function insertRules(rules: StandingRule[], desired: readonly DesiredRule[]): Edit[] {
  const edits: Edit[] = [];
  desired.forEach(({ text, place }, rank) => {
    if (rules.some((rule) => rule.rank === rank)) return;
    const index = placeFor(rules, desired, { rank, place });
    rules.splice(index, 0, { text, rank });
    edits.push({ kind: 'insert', position: index + 1, text });
  });
  return edits;
}

/** Behind the neighbour above, else before the one below, of the same block; else the head or the tail of the chain. */
function placeFor(
  rules: readonly StandingRule[],
  desired: readonly DesiredRule[],
  { rank, place }: { rank: number; place: 'head' | 'tail' },
): number {
  const isNeighbour = (other: number | undefined): other is number =>
    other !== undefined && desired[other]?.place === place;
  const above = rules.findLastIndex((rule) => isNeighbour(rule.rank) && rule.rank < rank);
  if (above >= 0) return above + 1;
  const below = rules.findIndex((rule) => isNeighbour(rule.rank) && rule.rank > rank);
  if (below >= 0) return below;
  return place === 'head' ? 0 : rules.length;
}

/** Positions of a longest ascending run. */
function longestAscending(ranks: readonly number[]): number[] {
  const best: { readonly length: number; readonly before: number }[] = [];
  ranks.forEach((rank, index) => {
    let before = -1;
    for (let earlier = 0; earlier < index; earlier += 1) {
      if ((ranks[earlier] ?? 0) < rank && (best[earlier]?.length ?? 0) > (best[before]?.length ?? 0))
        before = earlier;
    }
    best.push({ length: (best[before]?.length ?? 0) + 1, before });
  });
  let at = best.reduce((top, { length }, index) => (length > (best[top]?.length ?? 0) ? index : top), -1);
  const run: number[] = [];
  for (; at >= 0; at = best[at]?.before ?? -1) run.unshift(at);
  return run;
}
