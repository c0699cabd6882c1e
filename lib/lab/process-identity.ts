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
  const stat = readStat(pid);
  return stat === undefined ? undefined : { pid, startTicks: stat.startTicks, bootId: readBootId() };
}

/** A process that is on its way out, or dead and not yet reaped (a zombie), does not run. */
export function isRunning(identity: ProcessIdentity): boolean {
  return readState(identity) === 'running';
}

// The first process of a PID namespace is gone when all others in it are, reaped ones and all. Where somebody killed the
// parent of one, and the machine's first process does not reap orphans (as in many containers), that is never.
const REAPING_PATIENCE_MS = 5000;

/** Kills the process if it is still the one that was recorded, and waits until it is gone. */
export async function end(identity: ProcessIdentity): Promise<void> {
  const deadline = Date.now() + REAPING_PATIENCE_MS;
  for (let waitMs = 1; ; waitMs = Math.min(waitMs * 2, 50)) {
    const state = readState(identity);
    if (state === 'gone' || (state === 'exiting' && Date.now() > deadline)) return;
    if (state === 'running') kill(identity.pid);
    await sleep(waitMs);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile, as the next look shows.
  }
}

function readState({ pid, startTicks, bootId }: ProcessIdentity): 'running' | 'exiting' | 'gone' {
  const stat = bootId === readBootId() ? readStat(pid) : undefined;
  if (stat?.startTicks !== startTicks) return 'gone';
  return stat.isExiting ? 'exiting' : 'running';
}

function readBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

// Kernel: PF_EXITING in include/linux/sched.h.
const EXITING = 0x4;

function readStat(pid: number): { startTicks: string; isExiting: boolean } | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // proc(5): the second field, the program's name in parentheses, may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  if (state === 'Z' || state === 'X' || startTicks === undefined) return undefined;
  return { startTicks, isExiting: (Number(fields[6]) & EXITING) !== 0 };
}
