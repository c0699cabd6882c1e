// Reads the lines of parts while a host is busy with its answer, a little at a time, so that the connection is served in between. Used by refresh-host.ts.
import type { Parts } from '../model/declaration';
import type { Scope } from '../model/scope';
import { meaningOf, readPart } from './meaning';
import { nextTurn } from './pause';

/** How long the connection may have to wait. */
const SLICE_MILLISECONDS = 5;

/** Resolves when what the parts say is known, so that `meaningOf` is quick; or when `over` says that nobody wants it any more. */
export async function readAhead(scope: Scope, parts: Parts, over: AbortSignal): Promise<void> {
  let until = performance.now() + SLICE_MILLISECONDS;
  for (const [name, text] of Object.entries(parts)) {
    if (over.aborted) return;
    readPart(name, text);
    if (performance.now() < until) continue;
    await nextTurn();
    until = performance.now() + SLICE_MILLISECONDS;
  }
  meaningOf(scope, parts);
}
