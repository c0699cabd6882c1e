import { expect, test, vi } from 'vitest';
import { onceFor } from '../../lib/converge/once-for';

test('is reckoned once for the same arguments, told apart by identity', () => {
  const reckon = vi.fn((a: { readonly n: number }, b: { readonly n: number }) => a.n * 10 + b.n);
  const once = onceFor(reckon);
  const [one, two] = [{ n: 1 }, { n: 2 }];
  expect([once(one, two), once(one, two), once(two, one), once({ n: 1 }, two)]).toEqual([12, 12, 21, 12]);
  expect(reckon).toHaveBeenCalledTimes(3);
});

test('remembers an answer of nothing, and no failure', () => {
  const nothing = vi.fn<(key: object) => undefined>(() => undefined);
  const once = onceFor(nothing);
  const key = {};
  once(key);
  once(key);
  expect(nothing).toHaveBeenCalledTimes(1);
  const failing = vi.fn<(key: object) => never>(() => {
    throw new Error('no');
  });
  const again = onceFor(failing);
  expect(() => again(key)).toThrow('no');
  expect(() => again(key)).toThrow('no');
  expect(failing).toHaveBeenCalledTimes(2);
});
