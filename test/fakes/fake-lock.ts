// The lock of a host in memory: shared or exclusive, with a limit to waiting, as flock(1) gives it.

export class FakeLock {
  private readers = 0;
  private writer = false;
  private readonly waiting = new Set<() => void>();

  /** Runs `work` under the lock; `undefined` where it was not to be had in time. */
  async hold<T>(
    kind: 'shared' | 'exclusive',
    seconds: number,
    work: () => Promise<T>,
  ): Promise<{ readonly result: T } | undefined> {
    const deadline = Date.now() + seconds * 1000;
    while (!this.isFree(kind)) if (!(await this.change(deadline - Date.now()))) return undefined;
    if (kind === 'shared') this.readers += 1;
    else this.writer = true;
    try {
      return { result: await work() };
    } finally {
      if (kind === 'shared') this.readers -= 1;
      else this.writer = false;
      for (const wake of [...this.waiting]) wake();
    }
  }

  private isFree(kind: 'shared' | 'exclusive'): boolean {
    return !this.writer && (kind === 'shared' || this.readers === 0);
  }

  /** False after this time. */
  private change(milliseconds: number): Promise<boolean> {
    if (milliseconds <= 0) return Promise.resolve(false);
    return new Promise((resolve) => {
      const wake = (): void => {
        settle(true);
      };
      const limit = setTimeout(() => {
        settle(false);
      }, milliseconds);
      const settle = (isChanged: boolean): void => {
        clearTimeout(limit);
        this.waiting.delete(wake);
        resolve(isChanged);
      };
      this.waiting.add(wake);
    });
  }
}
