// A host in memory with the same port as the real one: interprets restore input and sysctls, fails on command, verifies and undoes.
import { Refused } from '../../lib/converge/errors';
import type { Host, Outcome, Proof, Question, Reading, Transaction } from '../../lib/converge/host';
import { SshError } from '../../lib/ssh/errors';
import { adaptedInverse } from './adapted-inverse';
import { FakeKernel, RestoreFailed } from './fake-kernel';
import { FakeLock } from './fake-lock';
import { watchedLines } from './watched-lines';

/** What a test can break. */
export interface Faults {
  /** From 1, forward steps only. */
  failAtStep?: number;
  /** Runs behind the last step, before verification: somebody else's hand. */
  beforeVerify?: (kernel: FakeKernel) => void;
  failToRemember?: boolean;
  noNamespaces?: boolean;
  /** Steps wait for it. */
  stall?: Promise<void>;
  /** The connection is lost while a transaction is under way: before it runs, or when it has ended. */
  loseConnection?: 'before' | 'after';
}

export class FakeHost implements Host {
  readonly kernel = new FakeKernel();
  readonly sysctls = new Map<string, string>([['net.ipv4.ip_forward', '0']]);
  readonly faults: Faults = {};
  manifest: string | undefined;
  readonly declared = new Map<string, string>();
  /** What was asked of the host, in order. */
  readonly calls: string[] = [];
  private readonly lock = new FakeLock();

  /** Everything that a test may compare before and after. */
  state(): string {
    return JSON.stringify([this.kernel.save(), [...this.sysctls], this.manifest, [...this.declared]]);
  }

  async read(question: Question): Promise<Reading> {
    this.calls.push('read');
    const held = await this.lock.hold('shared', question.lockTimeoutSeconds, () =>
      Promise.resolve(this.reading(question)),
    );
    return held?.result ?? locked();
  }

  prove(restore: string): Promise<Proof> {
    this.calls.push('prove');
    if (this.faults.noNamespaces === true) {
      return Promise.resolve({ kind: 'unavailable', message: 'unshare failed: Operation not permitted' });
    }
    const kernel = new FakeKernel();
    try {
      kernel.restore(restore, { noflush: false });
    } catch (error) {
      if (!(error instanceof RestoreFailed)) throw error;
      return Promise.resolve({ kind: 'refused', line: error.line, message: error.message });
    }
    return Promise.resolve({ kind: 'proved', save: kernel.save() });
  }

  async transact(
    question: Question,
    decide: (reading: Reading) => Transaction | undefined,
    signal: AbortSignal,
  ): Promise<Outcome> {
    this.calls.push('transact');
    const held = await this.lock.hold('exclusive', question.lockTimeoutSeconds, async () => {
      const transaction = signal.aborted ? undefined : decide(this.reading(question));
      if (signal.aborted) throw interrupted();
      if (transaction === undefined) return { kind: 'kept' } as const;
      if (this.faults.loseConnection === 'before') throw connectionLost();
      const outcome = await this.run(transaction);
      if (this.faults.loseConnection === 'after') throw connectionLost();
      return outcome;
    });
    return held?.result ?? locked();
  }

  private async run(transaction: Transaction): Promise<Outcome> {
    const done: Transaction['steps'][number][] = [];
    const before = watchedLines(transaction.expected.watch, this.kernel.save());
    const undo = (step: string, message: string): Outcome => {
      const undone = done.reverse().every(({ kind, inverse }) => this.takeBack(kind, inverse));
      const isAsBefore = watchedLines(transaction.expected.watch, this.kernel.save()) === before;
      const note = isAsBefore ? '' : '\nothers changed this meanwhile';
      return { kind: 'failed', step, message: `${message}${note}`, undone };
    };
    for (const [index, step] of transaction.steps.entries()) {
      await this.faults.stall;
      if (index + 1 === this.faults.failAtStep) return undo(step.name, 'this step fails on command');
      try {
        this.runStep(step.kind, step.forward);
      } catch (error) {
        return undo(step.name, error instanceof Error ? error.message : String(error));
      }
      done.push(step);
    }
    this.faults.beforeVerify?.(this.kernel);
    const found = watchedLines(transaction.expected.watch, this.kernel.save());
    if (found !== transaction.expected.ipv4) return undo('verify', `found:\n${found}`);
    if (!this.holdsSysctls(transaction.expected.sysctls)) return undo('verify', 'a sysctl has another value');
    if (this.faults.failToRemember === true) return undo('remember', 'no space left on device');
    this.remember(transaction);
    return { kind: 'kept' };
  }

  private takeBack(kind: 'ipv4' | 'sysctl', inverse: string): boolean {
    for (const text of [inverse, kind === 'ipv4' ? adaptedInverse(this.kernel.save(), inverse) : inverse]) {
      try {
        this.runStep(kind, text);
        return true;
      } catch (error) {
        if (!(error instanceof RestoreFailed)) throw error;
      }
    }
    return false;
  }

  private remember({ scope, manifest, declared }: Transaction): void {
    this.manifest = manifest;
    if (declared === undefined) this.declared.delete(scope);
    else this.declared.set(scope, declared);
  }

  private runStep(kind: 'ipv4' | 'sysctl', text: string): void {
    if (kind === 'ipv4') this.kernel.restore(text, { noflush: true });
    else for (const [key, value] of assignments(text)) this.write(key, value);
  }

  /** As the kernel does: no new keys, and no words where a number stands. */
  private write(key: string, value: string): void {
    const before = this.sysctls.get(key);
    if (before === undefined) throw new RestoreFailed(1, `/proc/sys/${key}: Directory nonexistent`);
    if (/^\d+$/.test(before) && !/^-?\d+$/.test(value)) throw new RestoreFailed(1, 'Invalid argument');
    this.sysctls.set(key, /^\d+$/.test(before) ? String(Number(value)) : value);
  }

  private holdsSysctls(text: string): boolean {
    return assignments(text).every(([key, value]) => this.sysctls.get(key) === value);
  }

  private reading({ scope, declaredDigest, sysctls }: Question): Reading {
    const declared = this.declared.get(scope);
    return {
      ipv4: this.kernel.save(),
      sysctls: new Map(sysctls.map((key) => [key, this.sysctls.get(key)])),
      ...(this.manifest === undefined ? {} : { manifest: this.manifest }),
      ...(declared === undefined || declared.startsWith(`${declaredDigest}\n`) ? {} : { declared }),
    };
  }
}

/** `PATH VALUE` lines; the swap of dots and slashes is its own inverse. */
function assignments(text: string): [string, string][] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const at = line.indexOf(' ');
      const key = line.slice(0, at).replace(/[./]/g, (separator) => (separator === '/' ? '.' : '/'));
      return [key, line.slice(at + 1)];
    });
}

function locked(): never {
  const since = 'since 2026-11-21 03:26:28 UTC, by root';
  throw new Refused('locked', `another apply holds the lock (${since})`, 'wait until it has ended');
}

function interrupted(): Refused {
  return new Refused('interrupted', 'interrupted before the first change', 'apply again');
}

function connectionLost(): SshError {
  return new SshError(
    'connection-lost',
    'root@192.0.2.1:22',
    'apply',
    'the connection was lost during apply',
  );
}
