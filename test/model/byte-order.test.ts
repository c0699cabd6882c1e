import { expect, test } from 'vitest';
import { sortedByBytes } from '../../lib/model/byte-order';

test.each([
  ['nothing', [], []],
  ['what ASCII holds', ['b', 'a~', 'a', 'B', 'a b', '10', '9'], ['10', '9', 'B', 'a', 'a b', 'a~', 'b']],
  ['letters beyond it', ['é', 'z', 'a'], ['a', 'z', 'é']],
  // In UTF-16 the first of these stands behind the second, since it is made of two units from D800 on.
  ['what UTF-16 orders otherwise', ['\u{1f600}', '\uff5e', 'a'], ['a', '\uff5e', '\u{1f600}']],
])('%s', (_, texts, sorted) => {
  expect(sortedByBytes(texts)).toEqual(sorted);
});

test('is the order of the bytes in UTF-8, and leaves its input as it is', () => {
  const texts = ['\u{10ffff}', '\ud7ff', '\ue000', '\u{10000}', '', '\u0000', '~'];
  const before = [...texts];
  const byBuffer = [...texts].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect(sortedByBytes(texts)).toEqual(byBuffer);
  expect(texts).toEqual(before);
});
