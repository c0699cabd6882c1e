// Sends a bounded number of HTTP requests from a lab host and counts who answered. Used by the demo and the end-to-end tests.
import type { Lab } from '../../lab/lab';

/** What became of a number of requests. */
export interface Answers {
  readonly sent: number;
  /** Times that each server answered, by its name. */
  readonly byServer: ReadonlyMap<string, number>;
  /** Source addresses that the servers saw. */
  readonly sources: ReadonlySet<string>;
  readonly failed: number;
}

/** One after another, each with a connection of its own, so that each is balanced anew. */
export async function sendRequests(
  lab: Lab,
  { from, to, count }: { readonly from: string; readonly to: string; readonly count: number },
): Promise<Answers> {
  const loop =
    'i=0; while [ $i -lt "$1" ]; do curl -s --max-time 3 "http://$0/" || echo failed; i=$((i+1)); done';
  const { stdout } = await lab.exec(from, ['sh', '-c', loop, to, String(count)], {
    timeoutSeconds: 60 + count * 4,
  });
  return { ...readAnswers(stdout), sent: count };
}

/** Of what a loop of requests printed: a line for each, `SERVER SOURCE` or `failed`. */
export function readAnswers(printed: string): Answers {
  const byServer = new Map<string, number>();
  const sources = new Set<string>();
  let failed = 0;
  const lines = printed.split('\n').filter((each) => each !== '');
  for (const line of lines) {
    const [server = '', source] = line.split(' ');
    if (source === undefined) {
      failed += 1;
      continue;
    }
    byServer.set(server, (byServer.get(server) ?? 0) + 1);
    sources.add(source);
  }
  return { sent: lines.length, byServer, sources, failed };
}

/**
 * True if every server answered, nothing failed, and each share is within five standard deviations of an even one: a
 * fair balancer fails that once in about a million runs.
 */
export function isEven({ sent, byServer, failed }: Answers, servers: readonly string[]): boolean {
  if (failed > 0 || [...byServer.keys()].some((name) => !servers.includes(name))) return false;
  const share = 1 / servers.length;
  const slack = 5 * Math.sqrt(sent * share * (1 - share));
  return servers.every((name) => Math.abs((byServer.get(name) ?? 0) - sent * share) <= slack);
}

/** `os1_my1 21, os2_my1 19`. */
export function printAnswers({ byServer, failed }: Answers): string {
  const shares = [...byServer]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, times]) => `${name} ${times}`);
  return [...shares, ...(failed === 0 ? [] : [`no answer ${failed}`])].join(', ');
}
