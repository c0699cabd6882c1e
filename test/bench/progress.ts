// Tells the person who waits what is being measured and how far it is: a bar on a terminal, plain lines elsewhere. Used by bench.ts.

const BAR_WIDTH = 24;

export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Steps of unequal length; their expected seconds say how large a share of the whole each is. */
export class Progress {
  #number = 0;
  #doneSeconds = 0;
  #runningSeconds = 0;

  constructor(
    private readonly output: ProgressOutput,
    private readonly whole: { readonly steps: number; readonly seconds: number },
  ) {}

  /** The step before this one is done. */
  next(what: string, seconds: number): void {
    this.#number += 1;
    this.#doneSeconds += this.#runningSeconds;
    this.#runningSeconds = seconds;
    const share = Math.min(1, this.#doneSeconds / this.whole.seconds);
    this.#show(`${printShare(share)}  step ${this.#number} of ${this.whole.steps}: ${what}`);
  }

  /** Leaves the line to what is written next. */
  end(): void {
    if (this.output.isTTY === true) this.output.write('\r\x1b[K');
  }

  #show(line: string): void {
    if (this.output.isTTY !== true) {
      this.output.write(`${line}\n`);
      return;
    }
    const width = this.output.columns ?? 80;
    this.output.write(`\r\x1b[K${line.slice(0, width - 1)}`);
  }
}

/** `[######------]  50%` */
export function printShare(share: number): string {
  const filled = Math.round(share * BAR_WIDTH);
  const percent = String(Math.round(share * 100)).padStart(3);
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}] ${percent}%`;
}
