// Rows as a run measures them, with times that can be added up in one's head. Used by the tests of limits and reports.
import type { Operation, Row, Subject, Unit } from './rows';

export type Cell = readonly [Row['size'], Operation, Subject, number, Unit?];

export function sampleRow([size, operation, subject, median, unit = 'ms']: Cell): Row {
  return {
    ...{ backend: 'nft', size, operation, subject, unit },
    ...{ median, min: median - 1, max: median + 2, runs: 5 },
  };
}
