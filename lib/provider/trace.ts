// Where the time of a start and of each call goes: lines on standard error if GATEWRIGHT_TRACE is set. Read by the benchmark.
import { log } from './log';

/** Prints `gatewright trace: NAME MILLISECONDS`. */
export function trace(name: string, milliseconds: number): void {
  if ((process.env.GATEWRIGHT_TRACE ?? '') === '') return;
  log(`gatewright trace: ${name} ${milliseconds.toFixed(1)}`);
}

/** Runs `work` and prints how long it took, however it ended. */
export async function traced<T>(name: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    return await work();
  } finally {
    trace(name, performance.now() - start);
  }
}
