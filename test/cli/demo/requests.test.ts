// When shares count as even: who must answer, and how far from even chance may go.
import { expect, test } from 'vitest';
import { isEven, printAnswers } from '../../../lib/cli/demo/requests';

const answers = (byServer: Record<string, number>, failed = 0) => ({
  sent: 40,
  byServer: new Map(Object.entries(byServer)),
  sources: new Set<string>(),
  failed,
});

test.each([
  ['halves', { a: 20, b: 20 }, 0, true],
  ['what chance allows', { a: 28, b: 12 }, 0, true],
  ['more than chance allows', { a: 37, b: 3 }, 0, false],
  ['one server that never answers', { a: 40 }, 0, false],
  ['a server that should not answer', { a: 20, b: 19, c: 1 }, 0, false],
  ['a request without an answer', { a: 20, b: 19 }, 1, false],
] as const)('%s', (_name, byServer, failed, even) => {
  expect(isEven(answers(byServer, failed), ['a', 'b'])).toBe(even);
});

test('shares print in the order of the names', () => {
  expect(printAnswers(answers({ b: 1, a: 2 }, 3))).toBe('a 2, b 1, no answer 3');
});
