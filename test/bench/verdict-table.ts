// The limits as a table of the terminal. Used by bench.ts.
import Table from 'cli-table3';
import { printNumber } from './print-number';
import type { Verdict } from './limits';

export function printVerdicts(verdicts: readonly Verdict[]): string {
  const table = new Table({
    head: ['backend', 'what', 'size', 'figure', 'limit', 'which is', ''],
    // With the borders 108 columns.
    colWidths: [9, 22, 12, 9, 9, 31, 10],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const { backend, what, size, measured, limit, because, unit, outcome } of verdicts) {
    const told = unit === 'ms' ? because : `${because}, ${unit}`;
    table.push([backend, what, size, printNumber(measured), printNumber(limit), told, outcome]);
  }
  return table.toString();
}
