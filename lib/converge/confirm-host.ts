// Gives a transaction its word over a new connection, once the host has verified it: proof that people can still log in. Used by transact-host.ts.
import type { HostTarget } from './engine';
import type { Answer, Confirmation, FreshHost, Host, Standing } from './host';
import { unlessAborted } from '../ssh/unless-aborted';
import { pause } from './pause';
import { printProbeFailure } from './probes/failure';
import type { Ways } from './ways';

/** Between two tries of a transaction that waits for its word. */
const PAUSE_MILLISECONDS = 500;

/** A connection that tells nothing for so long is not waited for: the transaction itself may have cut it. Between two such questions, too. */
const SILENCE_MILLISECONDS = 4000;

const INTERRUPTED = 'the apply was interrupted';

/** What is known of a transaction that runs. */
export interface Running {
  readonly confirm: Confirmation;
  /** How long it may run before it waits for its word. */
  readonly guardSeconds: number;
  /** Resolves when its own connection says that it is verified, or tells nothing any more. */
  readonly verified: Promise<'verified' | 'lost'>;
  /** Aborted when its own connection has told how it ended. */
  readonly over: AbortSignal;
  /** The user's: aborted, the transaction is taken back. */
  readonly signal: AbortSignal;
}

/** `why` is what kept it from being confirmed, where that is known. */
export interface Confirmed {
  readonly standing?: Standing;
  readonly why?: string;
}

/** Never throws: what cannot be confirmed is rolled back by the host. */
export async function confirmHost(ways: Ways, target: HostTarget, running: Running): Promise<Confirmed> {
  const { confirm, over, signal } = running;
  const started = Date.now();
  const word = await first(running);
  let isVerified = word === 'verified';
  const deadline = deadlineAfter(word, started, running);
  let why: string | undefined;
  while (!over.aborted && Date.now() < deadline) {
    if (isVerified && signal.aborted) return rollBack(ways, target, { running, why: INTERRUPTED });
    try {
      const tried = await withFresh(ways, async (host) => {
        const confirmed = await tryOnce(host, target, { ...running, isVerified });
        const { why: reason } = confirmed;
        return reason === undefined ? confirmed : rollBack(ways, target, { running, why: reason }, host);
      });
      if (tried.standing !== 'not-yet') return tried;
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
    await pause(isVerified ? PAUSE_MILLISECONDS : SILENCE_MILLISECONDS, over);
    isVerified ||= (await Promise.race([running.verified, pause(0, over)])) === 'verified';
  }
  if (over.aborted && why === undefined) return {};
  const cause = why === undefined ? '' : `: ${why}`;
  const reason = `no new SSH connection could be made within ${confirm.timeoutSeconds} s${cause}`;
  return over.aborted ? { why: reason } : rollBack(ways, target, { running, why: reason });
}

/** A host that went out of reach in the middle is not waited for as long as one that only works. */
function deadlineAfter(word: unknown, started: number, { confirm, guardSeconds }: Running): number {
  if (word === 'verified') return Date.now() + confirm.timeoutSeconds * 1000;
  const guarded = started + guardSeconds * 1000;
  return word === 'lost' ? Math.min(guarded, Date.now() + 2 * confirm.timeoutSeconds * 1000) : guarded;
}

function first({ verified, over }: Running): Promise<unknown> {
  return Promise.race([verified, pause(SILENCE_MILLISECONDS, over)]);
}

async function withFresh<T>(ways: Ways, work: (host: FreshHost) => Promise<T>): Promise<T> {
  const host = await ways.openFresh();
  try {
    return await work(host);
  } finally {
    host.close();
  }
}

/** `why`: it must not be kept. */
async function tryOnce(
  host: FreshHost,
  target: HostTarget,
  { confirm: { id, secret }, signal, isVerified }: Running & { readonly isVerified: boolean },
): Promise<Confirmed> {
  const standing = isVerified ? 'waiting' : await host.answer({ kind: 'ask', id });
  if (standing !== 'waiting') return { standing };
  const { probes = [] } = target;
  if (probes.length > 0) target.report?.(`verified; ${probes.length} probes run`);
  const failures = await host.probe(probes, signal);
  if (signal.aborted) return { why: INTERRUPTED };
  if (failures.length > 0)
    return { why: `not all probes passed\n${failures.map(printProbeFailure).join('\n')}` };
  target.report?.('verified; confirming over a new SSH connection');
  return { standing: await host.answer({ kind: 'confirm', id, secret }) };
}

/**
 * By whatever way there is, so that nobody has to wait for the host's own time to be over. A fresh connection comes first: the
 * shared one carries the transaction, and a host may allow one session a connection.
 */
async function rollBack(
  ways: Ways,
  target: HostTarget,
  { running, why }: { readonly running: Running; readonly why: string },
  fresh?: Host,
): Promise<Confirmed> {
  const answer: Answer = { kind: 'roll-back', id: running.confirm.id, reason: why };
  target.report?.(`rolling back: ${why}`);
  const { over } = running;
  const overFresh =
    fresh === undefined ? withFresh(ways, (host) => host.answer(answer)) : fresh.answer(answer);
  const told = overFresh.catch(async () => (over.aborted ? undefined : (await ways.open()).answer(answer)));
  // Where nobody can be told, the host ends it by itself; its own connection says so.
  const standing = await unlessAborted(told, over).catch(() => undefined);
  return standing === undefined ? { why } : { standing, why };
}
