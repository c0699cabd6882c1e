// What long suites call to have a row in docs/reliability.md for each cell or sample that they tried; reliability-page.ts writes it.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { expect } from 'vitest';
import type { Cell, Figures, RecordedCell, TriedCell } from './recorded-cell';
import { FOLDER_VARIABLE } from './recorded-cell';

/** Of a test, for each cell that it tried. */
export function record(cell: TriedCell): void {
  const folder = process.env[FOLDER_VARIABLE];
  if (folder === undefined) return;
  const { testPath = '', currentTestName = '' } = expect.getState();
  const recorded: RecordedCell = { ...cell, file: testPath, test: currentTestName };
  appendFileSync(join(folder, `${process.pid}-${threadId}.jsonl`), `${JSON.stringify(recorded)}\n`);
}

/** Tries a cell and records how it went: what `attempt` returns are its figures, and what it throws is passed on. */
export async function tryCell(
  cell: Cell,
  attempt: () => Promise<Figures | undefined> | Figures | undefined,
): Promise<void> {
  let figures: Figures | undefined;
  try {
    figures = await attempt();
  } catch (error) {
    record({ ...cell, result: 'failed', figures: { error: firstLineOf(error) } });
    throw error;
  }
  record({ ...cell, result: 'passed', ...(figures === undefined ? {} : { figures }) });
}

function firstLineOf(error: unknown): string {
  return String(error).split('\n')[0]?.slice(0, 160) ?? '';
}
