// Where the time of a start and of each call goes: lines on standard error if GATEWRIGHT_TRACE is set. Read by the benchmark.

/** Prints `gatewright trace: NAME MILLISECONDS`. Standard output belongs to the handshake alone. */
export function trace(name: string, milliseconds: number): void {
  if ((process.env.GATEWRIGHT_TRACE ?? '') === '') return;
  process.stderr.write(`gatewright trace: ${name} ${milliseconds.toFixed(1)}\n`);
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
