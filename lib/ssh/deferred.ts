// A promise that is settled from outside, by events. Used by dial.ts and shell-session.ts.

/** The first settlement counts, as with any promise. */
export class Deferred<T> {
  resolve: (value: T) => void = () => undefined;
  reject: (error: Error) => void = () => undefined;
  readonly promise: Promise<T>;

  constructor() {
    this.promise = new Promise<T>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Whoever looks at the promise sees its rejection; that nobody looks is no reason to end the process.
    this.promise.catch(() => undefined);
  }
}
