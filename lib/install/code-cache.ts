// V8's compiled form of the provider's bundle, kept beside it: a start then compiles nothing. Used by start.ts and the installer.
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { Module, createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

/** The whole provider, as esbuild wrote it. */
export const BUNDLE_FILE = 'gatewright-provider.js';
/** Beside the bundle; a digest of it, of node and of the architecture, then what V8 gave. */
export const CODE_CACHE_FILE = 'gatewright-provider.cache';

const KEY_LENGTH = 32;

/** A bundle that has run. */
export interface LoadedBundle {
  /** What the bundle's `module.exports` is. */
  readonly exported: unknown;
  /** The cache as it is to be kept: with all that was compiled so far. */
  readonly compiled: () => Buffer;
}

/** Runs the bundle in a folder, from its cache if that is of this very bundle and this very node. */
export function loadBundle(folder: string): LoadedBundle {
  const filename = join(folder, BUNDLE_FILE);
  const source = readFileSync(filename);
  const key = keyOf(source);
  const cachedData = readCodeCache(folder, key);
  // esbuild writes ASCII, so latin1 reads it unchanged and fastest.
  const script = new Script(Module.wrap(source.toString('latin1')), {
    filename,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  const loaded: { exports: unknown } = { exports: {} };
  const run: unknown = script.runInThisContext();
  if (typeof run !== 'function') throw new Error(`${filename} is not the provider's bundle`);
  Reflect.apply(run, loaded, [loaded.exports, createRequire(filename), loaded, filename, dirname(filename)]);
  return { exported: loaded.exports, compiled: () => Buffer.concat([key, script.createCachedData()]) };
}

/** True if the folder's cache is of its bundle and of the node that asks. */
export function hasCodeCache(folder: string): boolean {
  return cacheFinder(readFileSync(join(folder, BUNDLE_FILE)))(folder);
}

/** The same, for folders whose bundle is known to be the given one. */
export function cacheFinder(bundle: Uint8Array): (folder: string) => boolean {
  const key = keyOf(bundle);
  return (folder) => readBeginning(join(folder, CODE_CACHE_FILE), KEY_LENGTH)?.equals(key) === true;
}

function readBeginning(path: string, length: number): Buffer | undefined {
  if (!existsSync(path)) return undefined;
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

// V8 itself takes a cache for another source of the same length, so the key holds the source's digest.
function keyOf(source: Uint8Array): Buffer {
  return createHash('sha256').update(`${process.version} ${process.arch}\n`).update(source).digest();
}

function readCodeCache(folder: string, key: Buffer): Buffer | undefined {
  const path = join(folder, CODE_CACHE_FILE);
  if (!existsSync(path)) return undefined;
  const cache = readFileSync(path);
  return cache.subarray(0, KEY_LENGTH).equals(key) ? cache.subarray(KEY_LENGTH) : undefined;
}
