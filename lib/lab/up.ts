// Brings a lab up from its file. Used by the command line, the demo and tests.
import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildLab } from './build-lab';
import { isUp, labDown, refuseWhileMade } from './down';
import { LabError } from './errors';
import { readLogTails } from './log-tails';
import { openLab } from './lab';
import type { Lab } from './lab';
import { debianRoot } from './kernel/debian-root';
import type { RootOptions } from './kernel/debian-root';
import { createLedger, makerEntry, readLedger } from './ledger';
import { installLacking } from './packages';
import { readSpec } from './read-spec';
import type { LabFile, LabSpec } from './spec';

export interface LabUpOptions {
  /** Told what is being made, a line at a time. @default - nobody is told */
  readonly onProgress?: (line: string) => void;
  /** Aborting gives up and removes what was made. @default - never */
  readonly signal?: AbortSignal;
}

/**
 * Makes the lab in `folder`, which must not exist or be empty; what a lab that died left there is removed first.
 * Resolves when every host answers. If it rejects, nothing is left.
 */
export function labUp(file: LabFile, folder: string, options: LabUpOptions = {}): Promise<Lab> {
  return bringUp(readSpec(file), folder, options);
}

/** As `labUp`, for what `readLabFile` gave. */
export async function bringUp(spec: LabSpec, folder: string, options: LabUpOptions = {}): Promise<Lab> {
  const say = options.onProgress ?? (() => undefined);
  requireRoot();
  const dir = resolve(folder);
  await clearRemains(dir, say);
  await installLacking(spec, say);
  const { signal = new AbortController().signal } = options;
  refuseInterrupted(signal);
  const kernelRoots = await kernelRootsFor(spec, { say, signal });
  takeFolder(dir);
  try {
    await buildLab(spec, dir, { say, signal, kernelRoots });
    return openLab(dir);
  } catch (cause) {
    const tails = readLogTails(dir);
    await labDown(dir);
    refuseInterrupted(signal);
    if (!(cause instanceof LabError)) throw cause;
    const message = [cause.message, ...tails].join('\n');
    throw new LabError(cause.code, message, {
      cause,
      ...(cause.fix === undefined ? {} : { fix: cause.fix }),
    });
  }
}

/** One after the other: each takes all of a small machine. */
async function kernelRootsFor({ hosts }: LabSpec, options: RootOptions): Promise<Map<string, string>> {
  const made = new Map<string, string>();
  const roots = new Map<string, string>();
  try {
    for (const { name, packages } of hosts.filter(({ kind }) => kind === 'kernel')) {
      const list = [...packages].sort().join(' ');
      const root = made.get(list) ?? (await debianRoot(options, packages));
      made.set(list, root);
      roots.set(name, root);
    }
    return roots;
  } catch (cause) {
    refuseInterrupted(options.signal);
    throw cause;
  }
}

function refuseInterrupted({ aborted }: AbortSignal): void {
  if (aborted) throw new LabError('interrupted', 'interrupted, nothing is left');
}

/** Throws `not-root`. */
function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new LabError('not-root', 'a lab is made of network namespaces and mounts, which only root can make', {
    fix: 'run it as root: sudo npm run lab -- …',
  });
}

async function clearRemains(dir: string, say: (line: string) => void): Promise<void> {
  const ledger = readLedger(dir);
  if (ledger === undefined) return;
  refuseWhileMade(dir, ledger);
  if (ledger.maker === undefined && isUp(ledger)) {
    throw new LabError('already-up', `a lab is up in ${dir}`, {
      fix: 'npm run lab -- down, or another folder by --dir',
    });
  }
  say(`remains of a lab that ended without \`down\`: removing ${dir}`);
  await labDown(dir);
}

function takeFolder(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  chmodSync(dir, 0o700);
  createLedger(dir, { ...makerEntry(), waiters: [], hosts: {} });
  for (const name of ['store', 'seeds', 'logs']) mkdirSync(join(dir, name), { mode: 0o700 });
}
