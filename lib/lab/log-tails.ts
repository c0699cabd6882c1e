// The last lines of what a lab's processes wrote to their logs, for messages: of an `up` that failed, of a host that has ended. Used by up.ts and lab.ts.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const LINES = 5;

/** One text for each log that is not empty; of one host, or of all. */
export function readLogTails(dir: string, host?: string): string[] {
  const folder = join(dir, 'logs');
  return readdirSync(folder)
    .filter((file) => host === undefined || file === `${host}.log`)
    .sort()
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8').trimEnd();
      return text === '' ? [] : [`${file}:\n${text.split('\n').slice(-LINES).join('\n')}`];
    });
}
