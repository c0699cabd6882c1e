// A row for docs/reliability.md on its way from the test, which writes it as a line of JSON, to the reporter, which cannot load what tests load.

/** The folder into which each process writes its rows. Absent, as in `npm test`: nothing is written at all. */
export const FOLDER_VARIABLE = 'GATEWRIGHT_RELIABILITY';

/** What was tried: `suite` is a heading of the page, `cell` one row below it, the same in each run. */
export interface Cell {
  readonly suite: string;
  readonly cell: string;
}

/** In the order in which they shall stand: counts, seconds, seeds. */
export type Figures = Readonly<Record<string, number | string>>;

export interface TriedCell extends Cell {
  readonly result: 'passed' | 'failed';
  readonly figures?: Figures;
}

/** A cell, and the test that tried it. */
export interface RecordedCell extends TriedCell {
  readonly file: string;
  readonly test: string;
}

/** One line of those that `record` writes. */
export function parseRecorded(line: string): RecordedCell {
  const cell: unknown = JSON.parse(line);
  if (!isRecordedCell(cell)) throw new Error(`no recorded cell: ${line}`);
  return cell;
}

function isRecordedCell(cell: unknown): cell is RecordedCell {
  return (
    typeof cell === 'object' &&
    cell !== null &&
    ['suite', 'cell', 'result', 'file', 'test'].every((key) => key in cell)
  );
}
