import { expect, test } from 'vitest';
import { tidyUp } from '../../lib/provider/tidy-up';

const MIB = 1024 * 1024;

test('collects what nobody uses any more, where that is much', () => {
  let hoard: unknown[] | undefined = Array.from({ length: 2_000_000 }, (_, index) => ({
    index,
    more: [index],
  }));
  const held = process.memoryUsage().heapUsed;
  expect(hoard.length).toBe(2_000_000);
  hoard = undefined;
  tidyUp();
  expect((held - process.memoryUsage().heapUsed) / MIB).toBeGreaterThan(100);
});
