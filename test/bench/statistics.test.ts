import { expect, test } from 'vitest';
import { median, summarise } from './statistics';

test.each([
  ['one', [7], 7],
  ['an odd number', [9, 1, 5], 5],
  ['an even number', [4, 1, 2, 9], 3],
  ['equal values', [2, 2, 2, 2], 2],
])('the median of %s of values is the one in the middle', (_name, values, expected) => {
  expect(median(values)).toBe(expected);
});

test('a summary has least, most and the number of runs', () => {
  expect(summarise([3, 1, 2, 10])).toEqual({ median: 2.5, min: 1, max: 10, runs: 4 });
});

test('of nothing there is no summary, and the median is not a number', () => {
  expect(() => summarise([])).toThrow('nothing was measured');
  expect(median([])).toBeNaN();
});
