// The calls that are being served, so that the process ends after the last of them. Used by serve.ts.

/** Counts calls however they end. */
export class RunningCalls {
  private readonly running = new Set<Promise<unknown>>();

  count<T>(start: () => Promise<T>): Promise<T> {
    const call = start();
    const ended = call.then(
      () => undefined,
      () => undefined,
    );
    this.running.add(ended);
    void ended.then(() => this.running.delete(ended));
    return call;
  }

  get isIdle(): boolean {
    return this.running.size === 0;
  }

  /** Resolves when none is left, or after this time. */
  async ended(patienceMs: number): Promise<void> {
    const patience = new Promise((resolve) => setTimeout(resolve, patienceMs));
    await Promise.race([Promise.all(this.running), patience]);
  }
}
