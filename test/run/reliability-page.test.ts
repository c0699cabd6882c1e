// The page of what was tried: a row for each cell, in a stable order, failed ones among them, older ones kept.
import { describe, expect, test } from 'vitest';
import type { RecordedCell } from './recorded-cell';
import type { Row } from './reliability-page';
import { mergeRows, parsePage, printPage, rowsOf } from './reliability-page';

const FILE = 'test/hosts/fault-matrix.long.test.ts';

function cell(name: string, more: Partial<RecordedCell> = {}): RecordedCell {
  return { suite: 'Fault matrix', cell: name, result: 'passed', file: FILE, test: name, ...more };
}

function row(name: string, more: Partial<Row> = {}): Row {
  const all = { suite: 'Fault matrix', result: 'passed', figures: '', commit: 'abc', file: FILE };
  return { ...all, cell: name, ...more };
}

const ended = { file: FILE, seconds: 1.26 };

test.each<readonly [what: string, Parameters<typeof rowsOf>[0], Parameters<typeof rowsOf>[1], Row[]]>([
  [
    'a cell with figures',
    [cell('step 1', { figures: { seed: 7, seconds: 1.5 } })],
    [{ ...ended, test: 'step 1', result: 'passed' }],
    [row('step 1', { figures: 'seed 7, seconds 1.5' })],
  ],
  [
    'a cell that failed, once',
    [cell('step 1', { result: 'failed', test: 'all' })],
    [{ ...ended, test: 'all', result: 'failed' }],
    [row('step 1', { result: 'failed' })],
  ],
  [
    'a test that hung behind its first cell',
    [cell('step 1', { test: 'all' })],
    [{ ...ended, test: 'all', result: 'failed' }],
    [row('step 1'), row('all', { suite: 'Fault matrix', result: 'failed', figures: 'seconds 1.3' })],
  ],
  [
    'a test of a long suite that says nothing',
    [],
    [{ ...ended, test: 'boots', result: 'passed' }],
    [row('boots', { figures: 'seconds 1.3' })],
  ],
  [
    'no row for other tests that say nothing',
    [],
    [{ ...ended, file: 'test/a.test.ts', test: 'adds', result: 'passed' }],
    [],
  ],
  [
    'a row for any other test that failed',
    [],
    [{ ...ended, file: 'test/a-b.test.ts', test: 'adds', result: 'failed' }],
    [row('adds', { suite: 'A b', file: 'test/a-b.test.ts', result: 'failed', figures: 'seconds 1.3' })],
  ],
])('%s', (_what, cells, tests, rows) => {
  expect(rowsOf(cells, tests, 'abc')).toEqual(rows);
});

describe('merging', () => {
  const other = 'test/hosts/lockout.long.test.ts';
  test.each<readonly [what: string, old: Row[], ran: Row[], merged: Row[]]>([
    [
      'sorts by suite and cell, step 2 before step 10',
      [],
      [row('step 10'), row('step 2')],
      [row('step 2'), row('step 10')],
    ],
    ['drops what the file does not try any more', [row('gone')], [row('here')], [row('here')]],
    [
      'keeps what did not run',
      [row('x', { file: other, commit: 'old' })],
      [],
      [row('x', { file: other, commit: 'old' })],
    ],
    ['drops what is no more', [row('x', { file: 'test/gone.test.ts' })], [], []],
    [
      'has a cell pass only if it passed each time',
      [],
      [row('x', { result: 'failed' }), row('x')],
      [row('x', { result: 'failed' })],
    ],
  ])('%s', (_what, old, rows, merged) => {
    expect(mergeRows(old, { rows, files: [FILE] }, (file) => [FILE, other].includes(file))).toEqual(merged);
  });
});

const ROWS = [
  row('ipset | tool\nfails', { figures: 'seed 7, seconds 1.5' }),
  row('step 2', { result: 'failed', commit: 'abc+' }),
  row('step 1', { suite: 'Lockout' }),
];

test('the page has a table for each suite', () => {
  expect(printPage(ROWS).split('\n').slice(6)).toEqual([
    '3 cells: 2 passed, 1 failed.',
    '',
    '## Fault matrix',
    '',
    '| cell | result | figures | commit | test |',
    '| --- | --- | --- | --- | --- |',
    `| ipset &#124; tool fails | passed | seed 7, seconds 1.5 | abc | [fault-matrix.long.test.ts](../${FILE}) |`,
    `| step 2 | **failed** |  | abc+ | [fault-matrix.long.test.ts](../${FILE}) |`,
    '',
    '## Lockout',
    '',
    '| cell | result | figures | commit | test |',
    '| --- | --- | --- | --- | --- |',
    `| step 1 | passed |  | abc | [fault-matrix.long.test.ts](../${FILE}) |`,
    '',
  ]);
});

test('a printed page reads back, so that printing it again changes nothing', () => {
  const page = printPage(ROWS);
  expect(printPage(parsePage(page))).toBe(page);
  expect(parsePage('# Something else\n| a | b |\n')).toEqual([]);
});
