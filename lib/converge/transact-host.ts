// Runs one transaction and tells how it ended, also where the connection was lost meanwhile. Used by apply and destroy.
import { SshError } from '../ssh/errors';
import type { Confirmed } from './confirm-host';
import { confirmHost } from './confirm-host';
import type { HostTarget } from './engine';
import { ApplyFailed, Refused } from './errors';
import type { Host, Outcome, Transaction } from './host';
import type { Live } from './live';
import { basisOf } from './memory';
import { tellSteps } from './progress';
import { printRolledBack } from './print-rolled-back';
import type { Known, LiveReading } from './read-live';
import { askingForAll, questionOf, readLive, toLive } from './read-live';
import { unlessInterrupted } from './unless-interrupted';
import type { Ways } from './ways';

/** How to come to the host: again, over a new connection, where the first was lost. */
export type OpenHost = () => Promise<Host>;

export interface Attempt {
  readonly known: Known;
  /** Under the host's lock. Nothing is run where it throws or returns nothing. */
  readonly decide: (reading: LiveReading) => Transaction | undefined;
  /** True if the host holds what the transaction was to make. */
  readonly isReached: (reading: LiveReading) => boolean;
  readonly signal: AbortSignal;
}

/** How it ended where it ended well. */
export type Kept = Extract<Outcome, { kind: 'kept' }>;

/** Returns when the host holds the new state, with what it told. Throws `Refused`, `ApplyFailed`, or what `decide` throws. */
export async function transactHost(ways: Ways, target: HostTarget, attempt: Attempt): Promise<Kept> {
  const { known, decide, signal } = attempt;
  const host = await unlessInterrupted(ways.open, { host: target.name, signal });
  let before: Live | undefined;
  let transaction: Transaction | undefined;
  let made: (() => void) | undefined;
  const confirming = new Confirming(ways, target, signal);
  try {
    const outcome = await askingForAll(questionOf(target, known), (question) =>
      host.transact(
        question,
        (reading) => {
          const now = toLive(reading, target, known);
          transaction = decide(now);
          if (transaction !== undefined) before = now.live;
          target.onIdle?.();
          return transaction;
        },
        {
          signal,
          onAsked: () => known.prepare?.(),
          onStarted: () => {
            if (transaction === undefined) return;
            confirming.begin(transaction);
            if (target.report !== undefined) made = tellSteps(transaction.steps, target.report);
            target.onIdle?.();
          },
          onStep: () => made?.(),
          onVerified: () => {
            confirming.verified();
          },
        },
      ),
    );
    const { why } = await confirming.end();
    return checkOutcome(target, outcome, transaction && { transaction, why });
  } catch (error) {
    if (before === undefined || transaction === undefined || !isCutOff(error)) throw error;
    const { standing, why } = await confirming.lose();
    if (standing === 'kept') return { kind: 'kept' };
    if (standing === 'undone') throw printRolledBack(target, transaction, why ?? error.message);
    await learn(ways.open, target, { ...attempt, before, error });
    return { kind: 'kept' };
  } finally {
    confirming.stop();
  }
}

/** The confirmation of a transaction while it runs: beside its own connection, which tells when it is due, and may be lost. */
class Confirming {
  private readonly over = new AbortController();
  private tell: (word: 'verified' | 'lost') => void = () => undefined;
  private confirmed: Promise<Confirmed> | undefined;

  constructor(
    private readonly ways: Ways,
    private readonly target: HostTarget,
    private readonly signal: AbortSignal,
  ) {}

  begin({ confirm, guardSeconds, steps }: Transaction): void {
    if (confirm === undefined || steps.length === 0) return;
    const verified = new Promise<'verified' | 'lost'>((resolve) => {
      this.tell = resolve;
    });
    const { signal } = this;
    const running = { confirm, guardSeconds, verified, over: this.over.signal, signal };
    this.confirmed = confirmHost(this.ways, this.target, running);
  }

  verified(): void {
    this.tell('verified');
  }

  /** The transaction's own connection told how it ended. */
  end(): Promise<Confirmed> {
    this.over.abort();
    return this.confirmed ?? Promise.resolve({});
  }

  /** The transaction's own connection was lost. */
  lose(): Promise<Confirmed> {
    this.tell('lost');
    return this.confirmed ?? Promise.resolve({});
  }

  stop(): void {
    this.over.abort();
  }
}

/** Throws where a transaction was not kept. `on`: what it was, and why it was not confirmed. */
export function checkOutcome(
  target: HostTarget,
  outcome: Outcome,
  on?: { readonly transaction: Transaction; readonly why: string | undefined },
): Kept {
  if (outcome.kind === 'kept') return outcome;
  const { step, message, undone } = outcome;
  if (step === 'confirm' && undone && on !== undefined)
    throw printRolledBack(target, on.transaction, on.why ?? message);
  const end = undone
    ? 'All steps before it were undone.'
    : 'UNDOING FAILED TOO: the host is between old and new. Plan again to see what it holds. What would undo step N is ' +
      'N.inverse in /run/gatewright/work-* on the host.';
  throw new ApplyFailed(`${target.name}: the transaction failed at ${step}\n${message}\n${end}`, undone);
}

function isCutOff(error: unknown): error is SshError {
  return error instanceof SshError && (error.code === 'connection-lost' || error.code === 'timed-out');
}

/**
 * The host ends a transaction by itself, all new or all old. A new reading waits for its lock, and so for its end.
 * Throws unless the host holds the new state.
 */
async function learn(
  openHost: OpenHost,
  target: HostTarget,
  { known, isReached, before, error }: Attempt & { readonly before: Live; readonly error: SshError },
): Promise<void> {
  const reading = await readAgain(openHost, target, { known, error });
  if (isReached(reading)) return;
  const isAsBefore = basisOf(target.scope, reading.live) === basisOf(target.scope, before);
  const how = isAsBefore
    ? 'Reached again, the host is as it was: the transaction did not run, or was undone. Apply again.'
    : 'Reached again, the host holds neither what was before nor what was to be. Plan again to see what it holds.';
  throw new ApplyFailed(`${target.name}: ${error.message}\n${how}`, isAsBefore, { cause: error });
}

async function readAgain(
  openHost: OpenHost,
  target: HostTarget,
  { known, error }: { known: Known; error: SshError },
): Promise<LiveReading> {
  try {
    return await readLive(await openHost(), target, { ...known, hostAlone: true });
  } catch (again) {
    if (again instanceof Refused && again.code === 'not-undone') throw again;
    const why = again instanceof Error ? again.message : String(again);
    throw new SshError(
      error.code,
      error.host,
      error.step,
      `${error.message}\nAsked again how the transaction ended, it did not tell: ${why}\n` +
        'The host ends a transaction by itself: it is all new or all old, which the next plan will show.',
      { cause: error, fix: 'plan again when the host can be reached' },
    );
  }
}
