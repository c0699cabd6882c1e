// Has garbage collected while a host works and nobody waits for us. Used by session.ts.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes. Below it there is little to gain. */
const LARGE_HEAP = 96 * 1024 * 1024;

let collector: (() => void) | undefined;

/**
 * Left to itself, V8 lets a heap of 110 MB that are in use grow to 300 before it looks (measured, with 5,000 services:
 * docs/lab-notes/0410-what-a-plan-of-5000-services-costs.md). A look takes up to a tenth of a second then; small heaps are left alone.
 */
export function tidyUp(): void {
  if (process.memoryUsage().heapUsed < LARGE_HEAP) return;
  collector ??= findCollector();
  collector();
}

/** Node has no other way to it than this flag, of which only contexts know that are made later. */
function findCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('gc');
  return isFunction(found) ? found : () => undefined;
}

function isFunction(value: unknown): value is () => void {
  return typeof value === 'function';
}
