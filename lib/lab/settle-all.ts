// Waits for several things at once in a way that leaves none of them running. Used by build-lab.ts and wire.ts.

/** As `Promise.all`, but rejects only after all have ended, so that nothing goes on behind a failure. */
export async function settleAll<Result>(promises: readonly Promise<Result>[]): Promise<Result[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
