// Waits until real servers of IPVS have no connections any more. Used by drain-host.ts.
import type { HostTarget } from './engine';
import { pause } from './pause';
import type { OpenHost } from './transact-host';

/** Between two looks at the connections. */
const PAUSE_MILLISECONDS = 1000;

/** Keys of the real servers' entries, and how long. */
interface Wait {
  readonly keys: readonly string[];
  /** Milliseconds of the epoch. */
  readonly until: number;
  readonly signal: AbortSignal;
}

/** Those that still have connections when the time is over, or the signal came. */
export async function awaitDrained(
  openHost: OpenHost,
  target: HostTarget,
  { keys, until, signal }: Wait,
): Promise<ReadonlyMap<string, number>> {
  let said = '';
  for (;;) {
    if (keys.length === 0) return new Map();
    const counts = await (await openHost()).countConnections();
    const left = new Map([...counts].filter(([key, amount]) => keys.includes(key) && amount > 0));
    const line = `${left.size} of ${keys.length} real servers drain: ${printCounts(left)}`;
    if (line !== said && left.size > 0) target.report?.(line);
    said = line;
    if (left.size === 0 || Date.now() >= until || signal.aborted) return left;
    await pause(Math.min(PAUSE_MILLISECONDS, until - Date.now()), signal);
  }
}

/** `-t 192.0.2.1:80 -r 10.0.0.1:80 has 3`. */
export function printCounts(left: ReadonlyMap<string, number>): string {
  return [...left].map(([key, amount]) => `${key.slice('real-server '.length)} has ${amount}`).join(', ');
}
