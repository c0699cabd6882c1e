// Reads, line by line, how far a process of the lab has come. Used by keeper.ts, start-host.ts and start-programs.ts.
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { LabError } from './errors';

/** Gives what the pattern's group matched in the next line; rejects with `failure()` at any other line, or at the end. */
export type ExpectLine = (pattern: RegExp) => Promise<string>;

export function expectLines(stream: Readable, failure: () => LabError): ExpectLine {
  const lines = createInterface({ input: stream })[Symbol.asyncIterator]();
  return async (pattern) => {
    const line = await lines.next();
    const match = line.done === true ? null : pattern.exec(line.value);
    if (match === null) throw failure();
    return match[1] ?? '';
  };
}
