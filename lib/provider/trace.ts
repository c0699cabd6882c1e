// Where the time of a start goes: lines on standard error if GATEWRIGHT_TRACE is set. Read by the benchmark.

/** Prints `gatewright trace: NAME MILLISECONDS`. Standard output belongs to the handshake alone. */
export function trace(name: string, milliseconds: number): void {
  if ((process.env.GATEWRIGHT_TRACE ?? '') === '') return;
  process.stderr.write(`gatewright trace: ${name} ${milliseconds.toFixed(1)}\n`);
}
