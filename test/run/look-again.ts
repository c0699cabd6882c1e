// Looks at something again and again while something else runs. Used by what watches processes.

/** Calls `look` with this pause in between until the answer is called, which resolves when no look is under way any more. */
export function lookAgain(look: () => void, pauseMilliseconds: number): () => Promise<void> {
  const ending = new AbortController();
  const looking = (async () => {
    while (!ending.signal.aborted) {
      look();
      await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
    }
  })();
  return async () => {
    ending.abort();
    await looking;
  };
}
