// Writes a file so that nobody ever reads half of it, and only where something changes. Used by everything that installs.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const EXECUTABLE_BY_OWNER = 0o100;

/**
 * True if the file was not so before. `mode` is that of a new file; of the mode of an old one only this counts: whether
 * its owner may run it.
 */
export function writeIfChanged(path: string, content: Uint8Array | string, mode = 0o644): boolean {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  if (existsSync(path) && runsAs(mode, path) && readFileSync(path).equals(bytes)) return false;
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}.new`;
  try {
    writeFileSync(unfinished, bytes, { mode });
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  return true;
}

function runsAs(mode: number, path: string): boolean {
  return (mode & EXECUTABLE_BY_OWNER) === 0 || (statSync(path).mode & EXECUTABLE_BY_OWNER) !== 0;
}
