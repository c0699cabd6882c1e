// The longest common subsequence of two lists of texts: which rules can stay where they are (diff.ts, change.ts).

/** Pairs of positions, ascending in both lists. Equal ends are cut first, so that small changes in long lists cost little. */
export function longestCommon(a: readonly string[], b: readonly string[]): [number, number][] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end])
    end += 1;
  const middle = commonOfMiddle(a.slice(start, a.length - end), b.slice(start, b.length - end));
  return [
    ...Array.from({ length: start }, (_, index): [number, number] => [index, index]),
    ...middle.map(([i, j]): [number, number] => [i + start, j + start]),
    ...Array.from({ length: end }, (_, index): [number, number] => [
      a.length - end + index,
      b.length - end + index,
    ]),
  ];
}

/**
 * By the longest ascending run of positions (Hunt and Szymanski), n log n for lists with few repeats. The k-th of equal
 * texts can only meet later positions, which the descending order within one text guarantees.
 */
function commonOfMiddle(a: readonly string[], b: readonly string[]): [number, number][] {
  const places = new Map<string, number[]>();
  for (let index = b.length - 1; index >= 0; index -= 1) {
    const text = b[index] ?? '';
    const others = places.get(text);
    if (others === undefined) places.set(text, [index]);
    else others.push(index);
  }
  interface Node {
    readonly pair: [number, number];
    readonly before?: Node;
  }
  const tails: Node[] = [];
  a.forEach((text, i) => {
    for (const j of places.get(text) ?? []) {
      const slot = firstNotBelow(tails, j);
      const before = tails[slot - 1];
      tails[slot] = { pair: [i, j], ...(before === undefined ? {} : { before }) };
    }
  });
  const pairs: [number, number][] = [];
  for (let node = tails.at(-1); node !== undefined; node = node.before) pairs.push(node.pair);
  return pairs.reverse();
}

function firstNotBelow(tails: readonly { readonly pair: [number, number] }[], j: number): number {
  let low = 0;
  let high = tails.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tails[middle]?.pair[1] ?? Infinity) < j) low = middle + 1;
    else high = middle;
  }
  return low;
}
