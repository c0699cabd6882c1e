import { describe, expect, test } from 'vitest';
import { LIMITS, allHeld, judge } from './limits';
import type { Verdict } from './limits';
import { sampleRow } from './sample-rows';
import type { Cell } from './sample-rows';

const LARGE: readonly Cell[] = [
  ['none', 'start', 'node', 50],
  ['none', 'start', 'gatewright', 100],
  ['5000x3', 'plan-unchanged', 'floor', 1000],
  ['5000x3', 'save', 'raw', 500],
  ['5000x3', 'repair-one', 'raw', 1200],
  ['5000x3', 'plan-unchanged', 'iptables_state', 2600],
  ['5000x3', 'apply-first', 'floor', 1500],
  ['5000x3', 'apply-first', 'ansible-copy', 3000],
  ['5000x3', 'synth', 'gatewright', 1000],
  ['5000x3', 'plan-unchanged', 'gatewright', 2500],
  ['5000x3', 'apply-one', 'gatewright', 4000],
  ['5000x3', 'apply-one', 'gatewright', 3600, 'ms-own-part'],
  ['5000x3', 'apply-one', 'gatewright', 49, 'lines'],
  ['5000x3', 'apply-first', 'gatewright', 10_500],
  ['5000x3', 'repair-one', 'gatewright', 4000],
  ['5000x3', 'apply-one', 'gatewright', 398, 'MiB'],
  ['5000x3', 'plan-one', 'gatewright', 100, 'MiB'],
];

function judged(cells: readonly Cell[]): Verdict[] {
  return judge(cells.map(sampleRow), 'nft', ['5000x3']);
}

function changed(cell: Cell): Cell[] {
  return LARGE.map((each) => ([0, 1, 2, 4].every((index) => each[index] === cell[index]) ? cell : each));
}

describe('limits', () => {
  test('a run that is exactly at each limit holds all of them', () => {
    const verdicts = judged(LARGE);
    expect(verdicts.map(({ what, limit }) => [what, limit])).toEqual([
      ['launch of the provider to its handshake', 100],
      ['plan, nothing to change', 2500],
      ['plan, nothing to change', 2600],
      ['apply of one endpoint', 4000],
      ['of that, our own part', 3600],
      ['first apply', 10_500],
      ['repair of one rule', 4000],
      ['synthesis', 1000],
      ["the provider's peak memory", 400],
      ['lines sent for one endpoint', 49],
    ]);
    expect(allHeld(verdicts)).toBe(true);
  });

  test.each<readonly [string, Cell]>([
    ['launch of the provider to its handshake', ['none', 'start', 'gatewright', 101]],
    ['apply of one endpoint', ['5000x3', 'apply-one', 'gatewright', 4001]],
    ['of that, our own part', ['5000x3', 'apply-one', 'gatewright', 3601, 'ms-own-part']],
    ['first apply', ['5000x3', 'apply-first', 'gatewright', 10_501]],
    ['repair of one rule', ['5000x3', 'repair-one', 'gatewright', 4001]],
    ['synthesis', ['5000x3', 'synth', 'gatewright', 1001]],
    ["the provider's peak memory", ['5000x3', 'plan-one', 'gatewright', 399, 'MiB']],
    ['lines sent for one endpoint', ['5000x3', 'apply-one', 'gatewright', 50, 'lines']],
  ])('%s is not held where it is passed, and only it', (what, cell) => {
    const verdicts = judged(changed(cell));
    expect(verdicts.filter(({ outcome }) => outcome !== 'held').map((verdict) => verdict.what)).toEqual([
      what,
    ]);
    expect(allHeld(verdicts)).toBe(false);
  });

  test('what was not measured says so, and is not held', () => {
    const verdicts = judged(LARGE.filter(([, , , , unit]) => unit !== 'lines'));
    const last = verdicts.at(-1);
    expect(last).toMatchObject({ what: 'lines sent for one endpoint', outcome: 'not measured', limit: 49 });
    expect(last).not.toHaveProperty('measured');
    expect(allHeld(verdicts)).toBe(false);
  });

  test('a limit says what it is made of, with what of it is not there', () => {
    const [, plan] = judged(LARGE.filter(([, operation]) => operation !== 'save'));
    expect(plan).toMatchObject({
      because: 'floor plan-unchanged (1000) + 3 x raw save (not measured)',
      outcome: 'not measured',
    });
  });

  test('a limit of a size that was not asked for is left out', () => {
    expect(judge([], 'nft', ['100x3']).map(({ size }) => size)).toEqual(['none', '100x3']);
  });

  test('there is a limit for every size but 1000x3, which is there for the curve', () => {
    expect(new Set(LIMITS.map(({ size }) => size))).toEqual(
      new Set(['none', '10x2', '100x3', '5000x3', 'set-100000', '50x10x2']),
    );
  });
});
