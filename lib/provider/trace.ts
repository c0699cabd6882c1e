// Where the time of a start goes: lines on standard error if GATEWRIGHT_TRACE is set. Read by the benchmark.

/** Runs `work`; its time is printed as `gatewright trace: NAME MILLISECONDS`. */
export function traced<T>(name: string, work: () => T): T {
  const start = performance.now();
  const result = work();
  trace(name, performance.now() - start);
  return result;
}

/** Standard output belongs to the handshake alone. */
export function trace(name: string, milliseconds: number): void {
  if ((process.env.GATEWRIGHT_TRACE ?? '') === '') return;
  process.stderr.write(`gatewright trace: ${name} ${milliseconds.toFixed(1)}\n`);
}
