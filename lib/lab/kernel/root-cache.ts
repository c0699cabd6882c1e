// The roots of kernel hosts that this machine keeps: which is in use, and which have to go. Used by debian-root.ts.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/** Of some 300 MB each. */
const KEPT_ROOTS = 6;
/** A lab that is coming up has chosen its root and not yet opened it. */
const CHOSEN_SECONDS = 600;
const ROOT_FILE = /^lab-root-[0-9a-f]+\.ext4$/;

/**
 * Says that a root is chosen now; gives whether it is there. Only the time of access may move: User-Mode Linux does not open a disk
 * whose backing file is of another time of modification than when the disk was made, and other hosts that run would not boot again.
 */
export function chooseRoot(disk: string): boolean {
  if (!existsSync(disk)) return false;
  utimesSync(disk, new Date(), statSync(disk).mtime);
  return true;
}

/** Removes the roots that were chosen longest ago, but none that a host runs from. */
export function removeOldRoots(folder: string, locks = readFileSync('/proc/locks', 'utf8')): void {
  const inUse = lockedInodes(locks);
  const roots = readdirSync(folder)
    .filter((name) => ROOT_FILE.test(name))
    .map((name) => ({ path: join(folder, name), stats: statSync(join(folder, name)) }))
    .sort((one, other) => other.stats.atimeMs - one.stats.atimeMs);
  for (const { path, stats } of roots.slice(KEPT_ROOTS)) {
    const isChosen = Date.now() - stats.atimeMs < CHOSEN_SECONDS * 1000;
    if (!isChosen && !inUse.has(stats.ino)) rmSync(path);
  }
}

/** User-Mode Linux locks the image that its disk is a copy of: `1: POSIX  ADVISORY  READ 4711 fe:00:813263 0 EOF`. */
function lockedInodes(locks: string): Set<number> {
  return new Set(locks.split('\n').map((line) => Number(/ [0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line)?.[1])));
}
