// Whether a process is still the one that it was: its number alone may be another's by now. Used by stay.ts.
import { readFileSync } from 'node:fs';

/** A process, and the clock tick in which it started. */
export interface ProcessId {
  readonly pid: number;
  readonly started: string;
}

/** False also for one that has ended and waits to be reaped. */
export function isRunning({ pid, started }: ProcessId): boolean {
  const stat = statOf(pid);
  return stat !== undefined && stat.started === started && stat.state !== 'Z';
}

/** Absent where no process has this number. */
export function findProcess(pid: number): ProcessId | undefined {
  const stat = statOf(pid);
  return stat === undefined ? undefined : { pid, started: stat.started };
}

/** proc(5): the name, in parentheses, may hold anything; the state is the third field and the start the 22nd. */
function statOf(pid: number): { readonly state: string; readonly started: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
    return { state: fields[0] ?? '', started: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}
