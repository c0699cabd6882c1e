import { describe, expect, test } from 'vitest';
import { printBenchJson } from './bench-json';
import { judge } from './limits';
import { LogScale } from './log-scale';
import { printTable } from './markdown-table';
import { printNumber } from './print-number';
import { printShare } from './progress';
import type { Report } from './report';
import { printMarkdown } from './report-markdown';
import { printPlot } from './report-svg';
import { sampleRow } from './sample-rows';

const rows = [
  sampleRow(['none', 'start', 'gatewright', 120]),
  sampleRow(['none', 'start', 'node', 50]),
  sampleRow(['10x2', 'plan-unchanged', 'gatewright', 1000]),
  sampleRow(['100x3', 'plan-unchanged', 'gatewright', 1500]),
  sampleRow(['100x3', 'plan-unchanged', 'gatewright', 90, 'MiB']),
  sampleRow(['100x3', 'plan-unchanged', 'gatewright', 40_000, 'bytes']),
];
const report: Report = {
  rows,
  verdicts: judge(rows, 'nft', ['10x2']),
  machine: { cores: 2, processor: 'some', memoryGiB: 8, kernel: '6.1', programs: { Node: 'v20.1.0' } },
  date: '2026-01-31',
  minutes: 12.4,
  call: 'npm run bench',
};

describe('bench.json', () => {
  test('has the rows as they are, a line each', () => {
    const text = printBenchJson(report);
    expect(JSON.parse(text)).toMatchObject({ rows, limits: report.verdicts, date: '2026-01-31' });
    expect(text.split('\n').filter((line) => line.includes('"runs":5'))).toHaveLength(rows.length);
  });
});

describe('the page', () => {
  test.each([
    ['the machine', 'on a machine with 2 cores\n(some), 8 GiB of memory and Linux 6.1; with\nNode v20.1.0.'],
    ['the plot', '![Time against the number of services](benchmarks.svg)'],
    ['a limit that is passed', '| none | 120 of 100, **NOT HELD**     |'],
    ['what it is made of', '2. 2 x node start (50)'],
    ['a limit that could not be judged', '| 1,000 of –, **not measured** |'],
    ['a time with its span', '| plan-unchanged | gatewright | 1,500 (1,499–1,502) |'],
    ['what was counted, at most', '| 100x3 | plan-unchanged |           92 |'],
  ])('tells %s', (_what, text) => {
    expect(printMarkdown(report)).toContain(text);
  });
});

test('a table lines up, with numbers to the right', () => {
  expect(
    printTable(
      ['what', 'ms'],
      [
        ['a', '1,000'],
        ['longer', '–'],
      ],
    ),
  ).toBe(['| what   |    ms |', '| ------ | ----: |', '| a      | 1,000 |', '| longer |     – |'].join('\n'));
});

describe('the plot', () => {
  test('has a panel for each operation and backend, and a line through all that was measured', () => {
    const svg = printPlot(rows);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 800 810"/);
    expect(svg.match(/<g /g)).toHaveLength(6);
    expect(svg.match(/<circle /g)).toHaveLength(2);
    expect(svg).toContain('plan, nothing to change, iptables-legacy');
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  test.each([
    [10, 0],
    [100, 50],
    [1000, 100],
  ])('a logarithmic axis has %s at %s', (value, place) => {
    expect(LogScale.over([12.5, 800], [0, 100]).place(value)).toBe(place);
  });

  test.each([
    [
      [12.5, 80],
      [10, 20, 50, 100],
    ],
    [
      [1.25, 8000],
      [1, 10, 100, 1000, 10_000],
    ],
  ])('an axis over %j is written at %j', (values, ticks) => {
    expect(LogScale.over(values, [0, 1]).ticks()).toEqual(ticks);
  });
});

test.each([
  [1234.5, '1,235'],
  [8.34, '8.3'],
  [3, '3'],
  [undefined, '–'],
])('%s is printed as %s', (value, text) => {
  expect(printNumber(value)).toBe(text);
});

test('half of the way is half a bar', () => {
  expect(printShare(0.5)).toBe('[############------------]  50%');
});
