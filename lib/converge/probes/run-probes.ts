// Runs the probes of a host after its changes: what does not work is the answer. Used before an apply is confirmed.
import type { Probe } from '../../model/probe';
import type { SshConnection } from '../../ssh/connection';
import { pause } from '../pause';
import type { ProbeFailure } from './failure';
import { tryProbe } from './try-probe';

const PAUSE_MILLISECONDS = 500;

/** What probes go by. */
export interface ProbeSurroundings {
  /** To the host, new: probes from the host's side and commands go over it. It stays open. */
  readonly connection: SshConnection;
  /** Ends all probes at once, as failed. */
  readonly signal: AbortSignal;
  /**
   * Between two tries of one probe.
   * @default 500
   */
  readonly pauseMilliseconds?: number;
}

interface Numbered {
  readonly probe: Probe;
  readonly index: number;
}

/**
 * Those that did not pass in their time, in order. Each is tried again, half a second apart, until it passes. Probes run at
 * once, but commands on the host one after another, in order.
 */
export async function runProbes(
  probes: readonly Probe[],
  around: ProbeSurroundings,
): Promise<readonly ProbeFailure[]> {
  const run = (numbered: Numbered): Promise<ProbeFailure | undefined> => runProbe(numbered, around);
  const numbered = probes.map((probe, index) => ({ probe, index }));
  const isCommand = ({ probe }: Numbered): boolean => probe.kind === 'command';
  const commands = inTurn(numbered.filter(isCommand), run);
  const others = numbered.filter((each) => !isCommand(each)).map(run);
  const ended = [...(await Promise.all(others)), ...(await commands)];
  return ended.filter((failure) => failure !== undefined).sort((a, b) => a.index - b.index);
}

/** How long they take at most. */
export function longestProbing(probes: readonly Probe[]): number {
  const commands = probes.filter(({ kind }) => kind === 'command');
  const others = probes.filter(({ kind }) => kind !== 'command');
  const inARow = commands.reduce((sum, { timeoutSeconds }) => sum + timeoutSeconds, 0);
  return Math.max(inARow, ...others.map(({ timeoutSeconds }) => timeoutSeconds));
}

async function inTurn<T, R>(all: readonly T[], run: (one: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const one of all) results.push(await run(one));
  return results;
}

async function runProbe(
  { probe, index }: Numbered,
  { connection, signal, pauseMilliseconds = PAUSE_MILLISECONDS }: ProbeSurroundings,
): Promise<ProbeFailure | undefined> {
  const limit = new Limit(probe.timeoutSeconds, signal);
  let reason = `no answer within ${probe.timeoutSeconds} s`;
  let tries = 0;
  try {
    while (!limit.signal.aborted) {
      tries += 1;
      const attempt = { connection, signal: limit.signal, secondsLeft: limit.secondsLeft };
      const verdict = await limit.within(tryProbe(probe, attempt));
      if (verdict?.kind === 'passed') return undefined;
      if (verdict !== undefined) reason = verdict.reason;
      if (verdict?.isFinal === true) break;
      await pause(pauseMilliseconds, limit.signal);
    }
  } finally {
    limit.end();
  }
  return { index, probe, reason: signal.aborted ? 'interrupted' : reason, tries };
}

/** A probe's time: its signal comes when the time is over, or when all is given up. */
class Limit {
  private readonly controller = new AbortController();
  private readonly until: number;
  private readonly timer: NodeJS.Timeout;
  private readonly over: Promise<undefined>;

  constructor(
    seconds: number,
    private readonly outer: AbortSignal,
  ) {
    this.until = performance.now() + seconds * 1000;
    this.timer = setTimeout(this.abort, seconds * 1000);
    this.over = new Promise((resolve) => {
      this.signal.addEventListener('abort', () => {
        resolve(undefined);
      });
    });
    if (outer.aborted) this.abort();
    else outer.addEventListener('abort', this.abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get secondsLeft(): number {
    return Math.max(0, this.until - performance.now()) / 1000;
  }

  /** Nothing where the time was over first. */
  within<T>(work: Promise<T>): Promise<T | undefined> {
    work.catch(() => undefined);
    return Promise.race([work, this.over]);
  }

  end(): void {
    clearTimeout(this.timer);
    this.outer.removeEventListener('abort', this.abort);
    // What is still under way, such as a connection that was not answered, ends too.
    this.abort();
  }

  private readonly abort = (): void => {
    this.controller.abort();
  };
}
