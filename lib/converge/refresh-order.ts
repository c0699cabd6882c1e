// Rules that changed places: within one part as lines in their live order, between parts as a `~order` key (refresh.ts).
import { printSource } from '../model/declaration';
import { printDeclaration } from '../syntax/print';
import type { ChainAlignment, RulePair } from './align';
import type { LineFindings } from './line-findings';

/** Puts lines of one part that changed places among themselves into the slots of that part, in the order in which they are live. */
export function orderedByPart(alignment: ChainAlignment, findings: LineFindings): void {
  if (isInOrder(alignment.pairs)) return;
  for (const pairs of byPart(alignment.pairs).values()) {
    const slots = inDesiredOrder(pairs);
    slots.forEach((slot, index) => {
      const stands = pairs[index];
      if (stands === undefined || stands === slot) return;
      const { place, sources } = slot.desired;
      const text =
        stands.desired.place === place
          ? stands.desired.sources[0].text
          : printDeclaration({ ...alignment.address, kind: 'rule', place, rule: stands.desired.rule });
      findings.replace(sources[0], text);
    });
  }
}

/**
 * Where swapping lines within parts cannot show it (parts changed places, or the rules of one line did): the rules from
 * the first to the last that stands elsewhere, in their live order.
 */
export function liveOrder({ pairs }: ChainAlignment): readonly RulePair[] {
  if (isInOrder(pairs)) return [];
  const declared = inDesiredOrder(pairs);
  const slots = new Set([...byPart(pairs).values()].flat());
  const isElsewhere = (pair: RulePair, index: number): boolean => pair !== declared[index];
  const isShown = pairs.every(
    (pair, index) =>
      !isElsewhere(pair, index) || (slots.has(pair) && partOf(pair) === partOf(declared[index] ?? pair)),
  );
  return isShown ? [] : pairs.slice(pairs.findIndex(isElsewhere), pairs.findLastIndex(isElsewhere) + 1);
}

function isInOrder(pairs: readonly RulePair[]): boolean {
  return pairs.every(({ rank }, index) => index === 0 || rank > (pairs[index - 1]?.rank ?? -1));
}

function inDesiredOrder(pairs: readonly RulePair[]): RulePair[] {
  return [...pairs].sort((a, b) => a.rank - b.rank);
}

/** A line that stands for several rules, or one of two lines for one rule, has no slot of its own and is left out. */
function byPart(pairs: readonly RulePair[]): Map<string, RulePair[]> {
  const rulesOfLine = new Map<string, number>();
  for (const { desired } of pairs) {
    for (const source of desired.sources) {
      rulesOfLine.set(printSource(source), (rulesOfLine.get(printSource(source)) ?? 0) + 1);
    }
  }
  const parts = new Map<string, RulePair[]>();
  for (const pair of pairs) {
    const { sources } = pair.desired;
    if (sources.length > 1 || rulesOfLine.get(printSource(sources[0])) !== 1) continue;
    const those = parts.get(partOf(pair));
    if (those === undefined) parts.set(partOf(pair), [pair]);
    else those.push(pair);
  }
  return parts;
}

function partOf(pair: RulePair): string {
  return pair.desired.sources[0].part;
}
