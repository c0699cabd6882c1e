// Rules that changed places: within one part as lines in their live order, between parts as a `~order` key (refresh.ts).
import type { Source } from '../model/declaration';
import { printSource } from '../model/declaration';
import type { ChainAlignment, RulePair } from './align';
import type { LineText } from './refresh';

/** Puts lines of one part that changed places among themselves into the slots of that part, in the order in which they are live. */
export function orderedByPart(
  alignment: ChainAlignment,
  change: (source: Source, text: LineText) => void,
): void {
  for (const pairs of byPart(alignment).values()) {
    const slots = [...pairs].sort((a, b) => a.rank - b.rank);
    slots.forEach((slot, index) => {
      const source = slot.desired.sources[0];
      const stands = pairs[index]?.desired.sources[0];
      if (source !== undefined && stands !== undefined && source !== stands) change(source, stands.text);
    });
  }
}

/** The rules of several parts in their live order, if parts changed places with one another; else nothing. */
export function liveByPart({ pairs }: ChainAlignment): readonly RulePair[] | undefined {
  const declared = [...pairs].sort((a, b) => a.rank - b.rank);
  const moved = pairs.some((pair, index) => partOf(pair) !== partOf(declared[index] ?? pair));
  return moved ? pairs : undefined;
}

/** A line that stands for several rules, or one of two lines for one rule, has no slot of its own and is left out. */
function byPart({ pairs }: ChainAlignment): Map<string, RulePair[]> {
  const rulesOfLine = new Map<string, number>();
  for (const { desired } of pairs) {
    for (const source of desired.sources) {
      rulesOfLine.set(printSource(source), (rulesOfLine.get(printSource(source)) ?? 0) + 1);
    }
  }
  const parts = new Map<string, RulePair[]>();
  for (const pair of pairs) {
    const { sources } = pair.desired;
    if (sources.length !== 1 || sources.some((source) => rulesOfLine.get(printSource(source)) !== 1))
      continue;
    parts.set(partOf(pair), [...(parts.get(partOf(pair)) ?? []), pair]);
  }
  return parts;
}

function partOf(pair: RulePair): string {
  return pair.desired.sources[0]?.part ?? '';
}
