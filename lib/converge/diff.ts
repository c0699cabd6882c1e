// From what a host holds to what it should hold: the changes of chains, rules, policies, sysctls and entries of one scope.
import type { ChainAlignment, RulePair, Wording } from './align';
import { align, isAligned } from './align';
import type { Change, ChainChange, Edit, SysctlChange } from './change';
import type { DesiredRule, DesiredState } from './desired';
import { diffEntries } from './entries/diff-entries';
import type { Live } from './live';
import { longestCommon } from './longest-common';
import { onceFor } from './once-for';
import { adoptedRules } from './ownership';
import { holdAndRelease } from './release';

/** Empty where the host holds what is desired. Values that the scope lets go of come from release.ts. */
export const diff = onceFor((desired: DesiredState, live: Live, wording: Wording): readonly Change[] => {
  const chains = align(desired, live, wording)
    .filter((alignment) => !isAligned(alignment))
    .flatMap((alignment) => chainChange(alignment, desired, { live, wording }));
  return [
    ...sysctlChanges(desired, live),
    ...diffEntries(desired, live),
    ...policyChanges(desired, live),
    ...chains,
  ];
});

/** True if a transaction would have no step. */
export function isNothingToChange(desired: DesiredState, live: Live, wording: Wording): boolean {
  return diff(desired, live, wording).length === 0 && holdAndRelease(desired, live).released.length === 0;
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
  if (!own) {
    const edits = foreignEdits(alignment, (text) => wording(address, text));
    return edits.length === 0 ? [] : [{ kind: 'edit', address, edits }];
  }
  const before = alignment.live?.rules;
  // A chain that existed before it was declared is never removed: it gets back what it held.
  const after =
    desired?.rules.map(({ text }) => wording(address, text)) ?? adoptedRules(address, scope.name, live);
  if (desired === undefined && JSON.stringify(before) === JSON.stringify(after)) return [];
  return [
    {
      kind: 'fill',
      address,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    },
  ];
}

/** Our rules that are in order stay; the others are deleted, then what is missing is put beside its nearest neighbour. */
function foreignEdits(
  { desired, live, pairs, unexpected }: ChainAlignment,
  wording: (text: string) => string,
): Edit[] {
  const stays = new Set(longestAscending(pairs));
  const rankAt = new Map([...stays].map(({ position, rank }) => [position, rank]));
  const rules = (live?.rules ?? []).map((text, position): StandingRule => {
    const rank = rankAt.get(position);
    return rank === undefined ? { text } : { text, rank };
  });
  const moved = pairs.filter((pair) => !stays.has(pair)).map(({ position }) => position);
  const deletions = deleteRules(rules, new Set([...unexpected, ...moved]));
  const wanted = (desired?.rules ?? []).map((rule) => ({ place: rule.place, text: wording(rule.text) }));
  return [...deletions, ...insertRules(rules, wanted)];
}

interface StandingRule {
  readonly text: string;
  /** Its place in our order, for a rule of ours that stays. */
  readonly rank?: number;
}

type WantedRule = Pick<DesiredRule, 'place' | 'text'>;

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

function insertRules(rules: StandingRule[], wanted: readonly WantedRule[]): Edit[] {
  const edits: Edit[] = [];
  const standing = new Set(rules.map(({ rank }) => rank));
  wanted.forEach(({ text, place }, rank) => {
    if (standing.has(rank)) return;
    const index = placeFor(rules, wanted, { rank, place });
    rules.splice(index, 0, { text, rank });
    edits.push({ kind: 'insert', position: index + 1, text });
  });
  return edits;
}

/** Behind the neighbour above, else before the one below, of the same block; else the head or the tail of the chain. */
function placeFor(
  rules: readonly StandingRule[],
  wanted: readonly WantedRule[],
  { rank, place }: { rank: number; place: 'head' | 'tail' },
): number {
  const isNeighbour = (other: number | undefined): other is number =>
    other !== undefined && wanted[other]?.place === place;
  const above = rules.findLastIndex((rule) => isNeighbour(rule.rank) && rule.rank < rank);
  if (above >= 0) return above + 1;
  const below = rules.findIndex((rule) => isNeighbour(rule.rank) && rule.rank > rank);
  if (below >= 0) return below;
  return place === 'head' ? 0 : rules.length;
}

/** A longest run of pairs that stand in the order of their ranks: what it has in common with all of them in that order. */
function longestAscending(pairs: readonly RulePair[]): RulePair[] {
  const inOrder = pairs.map(({ rank }) => rank).sort((a, b) => a - b);
  const run = longestCommon(
    inOrder.map(String),
    pairs.map(({ rank }) => String(rank)),
  );
  return run.flatMap(([, index]) => pairs[index] ?? []);
}
