// Takes a lab down and leaves nothing behind, whatever became of it before. Used by the command line, up.ts and tests.
import { existsSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './errors';
import { LEDGER_FILE, readLedger } from './ledger';
import type { Ledger } from './ledger';
import { end, isRunning } from './process-identity';

/** Gives whether there was anything. Rejects with `being-made` while another process makes a lab in the folder. */
export async function labDown(folder: string): Promise<boolean> {
  const dir = resolve(folder);
  const ledger = readLedger(dir);
  if (ledger === undefined) {
    if (existsSync(dir)) rmdirSync(dir);
    return false;
  }
  refuseWhileMade(dir, ledger);
  // The kernel ends all processes of a PID namespace with its first one, which is gone only after all others are.
  if (ledger.keeper !== undefined) await end(ledger.keeper);
  await Promise.all(ledger.waiters.map(end));
  await removeFolder(dir);
  return true;
}

/** Whether the lab's first process lives, and so whatever of the lab still does. */
export function isUp({ keeper }: Ledger): boolean {
  return keeper !== undefined && isRunning(keeper);
}

export function refuseWhileMade(dir: string, { maker }: Ledger): void {
  if (maker === undefined || maker.pid === process.pid || !isRunning(maker)) return;
  throw new LabError('being-made', `process ${maker.pid} is bringing up a lab in ${dir}`, {
    fix: `wait for it, or end it: kill ${maker.pid}`,
  });
}

// The ledger goes last: what is left of a removal that was cut short is then still known for a lab's.
// The folder on which the lab's memory was mounted is busy until the kernel has taken the dead namespace apart.
async function removeFolder(dir: string): Promise<void> {
  for (let attempt = 1; existsSync(dir); attempt += 1) {
    try {
      for (const name of readdirSync(dir)) {
        if (name !== LEDGER_FILE) rmSync(join(dir, name), { recursive: true, force: true });
      }
      rmSync(dir, { recursive: true, force: true });
    } catch (cause) {
      if (attempt === 50 || !isPassing(cause)) throw cause;
      await sleep(20);
    }
  }
}

/** Busy, or a file was put there while we removed: by what dies just now. */
function isPassing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'EBUSY' || cause.code === 'ENOTEMPTY');
}
