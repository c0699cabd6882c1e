// On which ways a packet may have come where it is: how each doubt turned out on each of them, and which of that does not matter. Used by flow.ts and outcomes.ts.
import type { Doubt } from './trace';
import { placeKey } from './trace';

/** How one doubt turned out. `either`: it was lost count of. */
export interface Turn {
  readonly doubt: Doubt;
  readonly taken: 'yes' | 'no' | 'either';
}

/** All turns of one way; none for a packet that surely comes. */
export type Way = readonly Turn[];

/** Where nothing is in doubt. */
export const SURELY: readonly Way[] = [[]];

/** The ways, each with one more turn. */
export function turned(ways: readonly Way[], turn: Turn): readonly Way[] {
  return ways.map((way) => [...way, turn]);
}

/** The doubts of all ways, each rule once. */
export function doubtsOf(ways: readonly Way[]): Doubt[] {
  const [only, ...more] = ways;
  if (only === undefined || (more.length === 0 && only.length === 0)) return [];
  const found = new Map<string, Doubt>();
  for (const way of ways) {
    for (const { doubt } of way) {
      const key = placeKey(doubt.place);
      if (!found.has(key)) found.set(key, doubt);
    }
  }
  return [...found.values()];
}

/** More ways than this are taken for one that hangs on everything. */
const MOST_WAYS = 32;

/** The same ways without what does not matter: where a doubt may turn out either way, and the rest is the same. */
export function simplified(ways: readonly Way[]): readonly Way[] {
  if (ways.length === 1) return ways;
  let left = foldSiblings(ways);
  if (left.length > MOST_WAYS) return [onAll(left)];
  for (let reduced = reduceOnce(left); reduced !== undefined; reduced = reduceOnce(left)) left = reduced;
  return left;
}

/** The last turn of a fork first: a long chain of rules that all lead to the same is folded from its end in one go. */
function foldSiblings(ways: readonly Way[]): Way[] {
  const folded: Way[] = [];
  for (const way of ways.toReversed()) {
    let current = way;
    for (let before = folded.at(-1); before !== undefined; before = folded.at(-1)) {
      const parent = reducePair(current, before);
      if (parent === undefined) break;
      folded.pop();
      current = parent;
    }
    folded.push(current);
  }
  return folded.reverse();
}

function reduceOnce(ways: readonly Way[]): Way[] | undefined {
  for (const [index, way] of ways.entries()) {
    for (const [at, other] of ways.slice(index + 1).entries()) {
      const parent = reducePair(way, other);
      if (parent === undefined) continue;
      const rest = ways.filter((_, each) => each !== index && each !== index + 1 + at);
      return [...rest.slice(0, index), parent, ...rest.slice(index)];
    }
  }
  return undefined;
}

/** One way for two that differ in how one doubt turned out; or the one that says no more than the other. */
function reducePair(one: Way, other: Way): Way | undefined {
  if (one.length !== other.length) {
    const [short, long] = one.length < other.length ? [one, other] : [other, one];
    return short.every((turn, index) => turnIn(long, turn.doubt, index)?.taken === turn.taken)
      ? short
      : undefined;
  }
  let differing: Turn | undefined;
  for (const [index, turn] of one.entries()) {
    const twin = turnIn(other, turn.doubt, index);
    if (twin === undefined) return undefined;
    if (twin.taken === turn.taken) continue;
    if (differing !== undefined || twin.taken === 'either' || turn.taken === 'either') return undefined;
    differing = turn;
  }
  return differing === undefined ? one : one.filter((turn) => turn !== differing);
}

/** Mostly at the same place: ways that meet again have come the same way before. */
function turnIn(way: Way, doubt: Doubt, place: number): Turn | undefined {
  return way[place]?.doubt === doubt ? way[place] : way.find((turn) => turn.doubt === doubt);
}

function onAll(ways: readonly Way[]): Way {
  const doubts = new Set(ways.flatMap((way) => way.map(({ doubt }) => doubt)));
  return [...doubts].map((doubt) => ({ doubt, taken: 'either' }));
}
