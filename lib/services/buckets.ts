// Cuts many lines of which the order does not matter into small parts, so that one new line changes one of them. Used by constructs.
import { sha256 } from './sha256';

/** Terraform compares a part in quadratic time and prints all of a changed one, so more lines than this are cut. */
export const MOST_LINES = 200;

/** On average at most this many lines in a bucket, so that the fullest stays below `MOST_LINES`. */
const LINES_PER_BUCKET = 128;

/** Some of the lines, in the order in which they were given. */
export interface Bucket {
  /** From 0. */
  readonly index: number;
  /** How many buckets there are, empty ones included: a power of two. */
  readonly count: number;
  readonly lines: readonly string[];
}

/**
 * A line's bucket is told by a hash of the line alone. The number of buckets changes only where the number of lines passes
 * a power of two, so there is room for as many lines again as there are before lines change places. Empty ones are left out.
 */
export function intoBuckets(lines: readonly string[]): readonly Bucket[] {
  const count = bucketCount(lines.length);
  const buckets = new Map<number, string[]>();
  for (const line of lines) {
    const index = count === 1 ? 0 : bucketOf(line, count);
    const those = buckets.get(index);
    if (those === undefined) buckets.set(index, [line]);
    else those.push(line);
  }
  return [...buckets.entries()]
    .sort(([a], [b]) => a - b)
    .map(([index, those]) => ({ index, count, lines: those }));
}

/** What stands behind a part's name, such as `03/16`; nothing where there is one bucket only. */
export function bucketSuffix({ index, count }: Pick<Bucket, 'index' | 'count'>): string {
  return count === 1 ? '' : ` ${String(index).padStart(String(count - 1).length, '0')}/${count}`;
}

function bucketCount(amount: number): number {
  if (amount <= MOST_LINES) return 1;
  return 2 ** Math.ceil(Math.log2(amount / LINES_PER_BUCKET));
}

function bucketOf(line: string, count: number): number {
  const hash = sha256(line);
  let number = 0;
  for (let byte = 0; byte < 4; byte += 1) number = number * 256 + hash.charCodeAt(byte);
  return number % count;
}
