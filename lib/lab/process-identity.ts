// Who a process is: its pid alone is not enough, because pids are used again. Used by ledger.ts, down.ts and lab.ts.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process, told from any later one with the same pid by the clock tick of its start and the machine's boot. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTicks: string;
  readonly bootId: string;
}

/** Nothing where no such process runs. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startTicks = readStartTicks(pid);
  return startTicks === undefined ? undefined : { pid, startTicks, bootId: readBootId() };
}

/** A dead process that nobody has reaped yet (a zombie) does not run. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identity.bootId === readBootId() && readStartTicks(identity.pid) === identity.startTicks;
}

/** Kills the process if it is still the one that was recorded, and waits until it is gone. */
export async function end(identity: ProcessIdentity): Promise<void> {
  for (let waitMs = 1; isRunning(identity); waitMs = Math.min(waitMs * 2, 50)) {
    try {
      process.kill(identity.pid, 'SIGKILL');
    } catch {
      return; // It ended between the look and the signal.
    }
    await sleep(waitMs);
  }
}

function readBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function readStartTicks(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // proc(5): the second field, the program's name in parentheses, may itself hold spaces and parentheses.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' ? undefined : fields[18];
}
