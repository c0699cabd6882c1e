// Cutting many lines into small parts: how many there are, that a line stays where it is, and that nothing is lost.
import { expect, test } from 'vitest';
import { bucketSuffix, intoBuckets, MOST_LINES } from '../../lib/services/buckets';

function linesOf(amount: number): string[] {
  return Array.from(
    { length: amount },
    (_, index) => `ipset add S 10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
  );
}

test.each([
  [0, 0],
  [1, 1],
  [200, 1],
  [201, 2],
  [256, 2],
  [257, 4],
  [1000, 8],
  [1024, 8],
  [1025, 16],
  [100_000, 1024],
])('%i lines are cut into %i buckets', (amount, count) => {
  const buckets = intoBuckets(linesOf(amount));
  expect(buckets).toHaveLength(count);
  expect(buckets.flatMap(({ lines }) => lines).sort()).toEqual(linesOf(amount).sort());
});

test('no bucket of up to 100,000 lines grows too large for a part', () => {
  for (const amount of [256, 1024, 8192, 100_000]) {
    const sizes = intoBuckets(linesOf(amount)).map(({ lines }) => lines.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MOST_LINES);
  }
});

test('one more line changes one bucket, and so does one less', () => {
  const before = intoBuckets(linesOf(1000));
  const after = intoBuckets([...linesOf(1000), 'ipset add S 192.0.2.1']);
  const changed = after.filter(({ lines }, index) => lines.join() !== before[index]?.lines.join());
  expect(changed).toHaveLength(1);
  expect(changed[0]?.lines).toContain('ipset add S 192.0.2.1');
});

test('lines keep the order in which they were given', () => {
  expect(intoBuckets(['b', 'a', 'c'])).toEqual([{ index: 0, count: 1, lines: ['b', 'a', 'c'] }]);
});

test.each([
  [{ index: 0, count: 1 }, ''],
  [{ index: 1, count: 2 }, ' 1/2'],
  [{ index: 3, count: 16 }, ' 03/16'],
  [{ index: 3, count: 1024 }, ' 0003/1024'],
])('the suffix of %j is %j', (bucket, suffix) => {
  expect(bucketSuffix(bucket)).toBe(suffix);
});
