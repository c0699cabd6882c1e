// What is told of an apply that nobody confirmed: what was rolled back, when and why. Used by transact-host.ts.
import { printChange } from './change';
import type { HostTarget } from './engine';
import { ApplyFailed } from './errors';
import type { Transaction } from './host';

/** Enough to recognise what it was; the plan shows all. */
const SHOWN_LINES = 12;

/** The error of an apply that the host took back as a whole. */
export function printRolledBack(
  { name }: HostTarget,
  { steps }: Transaction,
  why: string,
  now = new Date(),
): ApplyFailed {
  const lines = steps.flatMap(({ changes }) => changes.flatMap(printChange)).map((line) => `  ${line}`);
  const more = lines.length - SHOWN_LINES;
  const shown = [...lines.slice(0, SHOWN_LINES), ...(more > 0 ? [`  … and ${more} lines more`] : [])];
  const time = now
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
  const message = [
    `${name}: the apply was rolled back at ${time}: ${why}`,
    'These changes were made, and are undone:',
    ...shown,
    'The host is as it was before, and nothing is armed there.',
  ].join('\n');
  return new ApplyFailed(message, true);
}
