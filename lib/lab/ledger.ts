// The lab's own record of what it made, written before it is made: what `down` and `exec` go by. Lives in the lab's folder.
import { closeSync, fsyncSync, openSync, readFileSync, readdirSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from './errors';
import { identify } from './process-identity';
import type { ProcessIdentity } from './process-identity';

export const LEDGER_FILE = 'ledger.json';

export interface Ledger {
  /** The `up` that is at work. Absent once the lab is up. */
  readonly maker?: ProcessIdentity;
  /**
   * The first process of the lab's PID namespace. Everything of the lab runs below it, and all its namespaces, mounts and
   * links live by those processes: when it ends, the kernel removes all of them.
   */
  readonly keeper?: ProcessIdentity;
  /** Processes outside that wait for one inside, and end with it. */
  readonly waiters: readonly ProcessIdentity[];
  readonly hosts: Readonly<Record<string, HostEntry>>;
}

export interface HostEntry {
  /** The first process of the host's PID namespace; of a kernel host, the one that switches it on. */
  readonly init: ProcessIdentity;
  /** For each device of the host, the other end of its cable in the lab's switch. */
  readonly switchPorts: Readonly<Record<string, string>>;
  /** The address of a kernel host on its management link. */
  readonly door?: string;
}

/** The entry of an `up` in this process. */
export function makerEntry(): Pick<Ledger, 'maker'> {
  const maker = identify(process.pid);
  return maker === undefined ? {} : { maker };
}

/** Takes an empty folder for a lab; throws `already-up` where another took it first. */
export function createLedger(dir: string, ledger: Ledger): void {
  try {
    writeDurably(join(dir, LEDGER_FILE), 'wx', ledger);
  } catch (cause) {
    throw new LabError('already-up', `there is a lab in ${dir} already`, {
      fix: 'npm run lab -- down, or another folder by --dir',
      cause,
    });
  }
}

/** A reader sees the ledger before or after, never a part of it. */
export function writeLedger(dir: string, ledger: Ledger): void {
  const path = join(dir, LEDGER_FILE);
  writeDurably(`${path}.new`, 'w', ledger);
  renameSync(`${path}.new`, path);
}

/** Nothing where `dir` is absent or empty; `not-a-lab-folder` where it holds something else. */
export function readLedger(dir: string): Ledger | undefined {
  const names = listFolder(dir);
  if (names.length === 0) return undefined;
  if (!names.includes(LEDGER_FILE)) {
    throw new LabError('not-a-lab-folder', `${dir} holds files but no lab`, {
      fix: 'name another folder by --dir',
    });
  }
  try {
    const content: unknown = JSON.parse(readFileSync(join(dir, LEDGER_FILE), 'utf8'));
    if (isLedger(content)) return content;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  // Cut short while it was created: before the first process was started.
  return { waiters: [], hosts: {} };
}

function listFolder(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw cause;
  }
}

function writeDurably(path: string, flags: string, ledger: Ledger): void {
  const file = openSync(path, flags, 0o600);
  try {
    writeSync(file, `${JSON.stringify(ledger, undefined, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

// Only this file writes ledgers, whole; so the outer shape tells enough.
function isLedger(content: unknown): content is Ledger {
  return typeof content === 'object' && content !== null && 'waiters' in content && 'hosts' in content;
}
