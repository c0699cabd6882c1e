// bench.json: the rows for other programs, a line each, so that two runs can be compared by diff. Used by bench.ts.
import type { Report } from './report';

export function printBenchJson({ rows, verdicts, machine, date, call }: Report): string {
  const list = (entries: readonly unknown[]): string =>
    entries.length === 0
      ? '[]'
      : `[\n${entries.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n')}\n  ]`;
  return [
    '{',
    `  "date": ${JSON.stringify(date)},`,
    `  "call": ${JSON.stringify(call)},`,
    `  "machine": ${JSON.stringify(machine)},`,
    `  "limits": ${list(verdicts)},`,
    `  "rows": ${list(rows)}`,
    '}\n',
  ].join('\n');
}
