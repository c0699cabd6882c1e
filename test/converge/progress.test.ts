import { expect, test } from 'vitest';
import type { Step } from '../../lib/converge/plan';
import { tellSteps } from '../../lib/converge/progress';

function step(name: string, lines: number): Step {
  return { name, kind: 'ipv4', forward: 'x\n'.repeat(lines), inverse: '', changes: [] };
}

test('tells the lines and steps at once, then each step with its share', () => {
  const told: string[] = [];
  const made = tellSteps([step('sysctl a', 1), step('iptables -t nat', 8), step('ipset', 1)], (line) =>
    told.push(line),
  );
  made();
  made();
  made();
  expect(told).toEqual([
    'sending 10 lines in 3 steps',
    'made sysctl a: step 1 of 3, 10 % of the lines',
    'made iptables -t nat: step 2 of 3, 90 % of the lines',
    'made ipset: step 3 of 3, 100 % of the lines',
  ]);
});

test('tells nothing where nothing is made', () => {
  const told: string[] = [];
  tellSteps([], (line) => told.push(line));
  expect(told).toEqual([]);
});
