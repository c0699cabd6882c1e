// A limit for what must not hang: what takes far longer than its length explains fails. Used by fuzz tests.

/** Of one case, on a machine that does much else. */
const MOST_MILLISECONDS = 3000;

/** What `run` returns. Throws where it took too long: it is no guard against what never ends, which the test's own limit is. */
export function inTime<T>(text: string, run: () => T): T {
  const start = process.cpuUsage();
  const result = run();
  refuseLong(text, start);
  return result;
}

/** The same of what is awaited. */
export async function inTimeLater<T>(text: string, run: () => Promise<T>): Promise<T> {
  const start = process.cpuUsage();
  const result = await run();
  refuseLong(text, start);
  return result;
}

function refuseLong(text: string, start: NodeJS.CpuUsage): void {
  const { user } = process.cpuUsage(start);
  if (user / 1000 > MOST_MILLISECONDS) {
    throw new Error(`${user / 1000} ms of CPU time for:\n${text.slice(0, 2000)}`);
  }
}
