// Pairs what is desired with what a host holds, rule by rule: what refresh shows and what a plan changes both come from it.
import type { ChainAddress, Family } from '../model/iptables';
import { chainKey } from '../model/iptables';
import { parseRuleText, printRule } from '../syntax/iptables-rule';
import type { DesiredChain, DesiredRule, DesiredState } from './desired';
import type { Live, LiveChain } from './live';
import { longestCommon } from './longest-common';
import { onceFor } from './once-for';
import { isOwnChain, markedPositions, ownChains } from './ownership';

export interface RulePair {
  readonly desired: DesiredRule;
  /** Place among the desired rules of the chain. */
  readonly rank: number;
  /** Position in the live chain, from 0, foreign rules counted. */
  readonly position: number;
}

export interface ChainAlignment {
  readonly address: ChainAddress;
  readonly own: boolean;
  readonly desired?: DesiredChain;
  readonly live?: LiveChain;
  /** In the order of the live chain. None of a chain of ours that holds what is desired word for word: nobody asks for them. */
  readonly pairs: readonly RulePair[];
  readonly missing: readonly DesiredRule[];
  /** Positions of live rules that are ours by place or mark and that nothing declares. */
  readonly unexpected: readonly number[];
}

/** The host's own wording of a desired rule, by chain and our text, where the two differ. */
export type Wording = (chain: ChainAddress, text: string) => string;

export const OUR_WORDING: Wording = (_chain, text) => text;

/** Aligns every chain that is desired or holds something of the scope. */
export const align = onceFor(
  (desired: DesiredState, live: Live, wording: Wording): readonly ChainAlignment[] => {
    const keys = new Set(desired.chains.keys());
    for (const { chain } of ownChains(desired.scope, live)) keys.add(chainKey(chain.address));
    return [...keys].flatMap((key) => {
      const want = desired.chains.get(key);
      const have = live.chains.get(key);
      const address = want?.address ?? have?.address;
      return address === undefined ? [] : [alignChain({ address, want, have }, desired, { live, wording })];
    });
  },
);

function alignChain(
  {
    address,
    want,
    have,
  }: { address: ChainAddress; want: DesiredChain | undefined; have: LiveChain | undefined },
  { scope }: DesiredState,
  { live, wording }: { live: Live; wording: Wording },
): ChainAlignment {
  const own = want?.own ?? isOwnChain(address, scope, live);
  if (own && want !== undefined && have !== undefined && isSame(want, have, wording)) {
    return { address, own, desired: want, live: have, pairs: [], missing: [], unexpected: [] };
  }
  const ours =
    have === undefined ? [] : own ? have.rules.map((_, position) => position) : markedPositions(have, scope);
  const { pairs, missing, unexpected } = pairRules(want, { family: address.family, have, ours }, wording);
  return {
    address,
    own,
    ...(want === undefined ? {} : { desired: want }),
    ...(have === undefined ? {} : { live: have }),
    pairs,
    missing,
    unexpected,
  };
}

/** Told at once of most chains: they hold what is desired, word for word. */
function isSame({ address, rules }: DesiredChain, have: LiveChain, wording: Wording): boolean {
  return (
    rules.length === have.rules.length &&
    rules.every(({ text }, index) => wording(address, text) === have.rules[index])
  );
}

/**
 * Rules of equal text that stand in the desired order first; then equal text anywhere; then equal rules, however the
 * host's tools of today word them. Of several equal ones the k-th meets the k-th.
 */
function pairRules(
  want: DesiredChain | undefined,
  { family, have, ours }: { family: Family; have: LiveChain | undefined; ours: readonly number[] },
  wording: Wording,
): Pick<ChainAlignment, 'pairs' | 'missing' | 'unexpected'> {
  let missing: Wanted[] = (want?.rules ?? []).map((desired, rank) => ({
    desired,
    rank,
    text: want === undefined ? desired.text : wording(want.address, desired.text),
  }));
  let unexpected: Standing[] = ours.map((position) => ({ position, text: have?.rules[position] ?? '' }));
  const pairs: RulePair[] = [];
  for (const match of [inOrder, equalBy((text) => text), equalBy((text) => normalised(text, family))]) {
    const found = match(missing, unexpected);
    pairs.push(...found.map(([{ desired, rank }, { position }]) => ({ desired, rank, position })));
    const pairedWanted = new Set(found.map(([wanted]) => wanted));
    const pairedStanding = new Set(found.map(([, standing]) => standing));
    missing = missing.filter((wanted) => !pairedWanted.has(wanted));
    unexpected = unexpected.filter((standing) => !pairedStanding.has(standing));
  }
  return {
    pairs: pairs.sort((a, b) => a.position - b.position),
    missing: missing.map(({ desired }) => desired),
    unexpected: unexpected.map(({ position }) => position),
  };
}

interface Wanted {
  readonly desired: DesiredRule;
  readonly rank: number;
  readonly text: string;
}

interface Standing {
  readonly position: number;
  readonly text: string;
}

type Match = (missing: readonly Wanted[], unexpected: readonly Standing[]) => (readonly [Wanted, Standing])[];

const inOrder: Match = (missing, unexpected) =>
  longestCommon(
    missing.map(({ text }) => text),
    unexpected.map(({ text }) => text),
  ).flatMap(([i, j]) => {
    const [wanted, standing] = [missing[i], unexpected[j]];
    return wanted === undefined || standing === undefined ? [] : [[wanted, standing] as const];
  });

function equalBy(meaning: (text: string) => string): Match {
  return (missing, unexpected) => {
    const byMeaning = new Map<string, Standing[]>();
    for (const standing of missing.length === 0 ? [] : unexpected) {
      const key = meaning(standing.text);
      const equal = byMeaning.get(key);
      if (equal === undefined) byMeaning.set(key, [standing]);
      else equal.push(standing);
    }
    return missing.flatMap((wanted) => {
      const standing = byMeaning.size === 0 ? undefined : byMeaning.get(meaning(wanted.text))?.shift();
      return standing === undefined ? [] : [[wanted, standing] as const];
    });
  };
}

/** Our print of a rule that a tool saved: the same for every wording that the vocabulary knows. */
function normalised(text: string, family: Family): string {
  return printRule(parseRuleText(text, family));
}

/** True if the chain holds what is desired, in the order that is desired. */
export function isAligned({ own, desired, live, pairs, missing, unexpected }: ChainAlignment): boolean {
  if (missing.length > 0 || unexpected.length > 0) return false;
  if (own && (desired === undefined) !== (live === undefined)) return false;
  return pairs.every(({ rank }, index) => index === 0 || rank > (pairs[index - 1]?.rank ?? -1));
}
