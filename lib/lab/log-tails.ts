// The last lines of what a lab's processes wrote to their logs, for the message of an `up` that failed. Used by up.ts.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const LINES = 5;

/** One text for each log that is not empty. */
export function readLogTails(dir: string): string[] {
  const folder = join(dir, 'logs');
  return readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8').trimEnd();
      return text === '' ? [] : [`${file}:\n${text.split('\n').slice(-LINES).join('\n')}`];
    });
}
