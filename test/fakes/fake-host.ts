// A host in memory with the same port as the real one: interprets restore input and sysctls, fails on command, verifies and undoes.
import type { Host, Outcome, Proof, Question, Reading, Transaction } from '../../lib/converge/host';
import { FakeKernel, RestoreFailed } from './fake-kernel';
import { watchedLines } from './watched-lines';

/** What a test can break: the n-th step (from 1) that runs forward, verification, or the proof. */
export interface Faults {
  failAtStep?: number;
  /** Runs behind the last step, before verification: somebody else's hand. */
  beforeVerify?: (kernel: FakeKernel) => void;
  failToRemember?: boolean;
  noNamespaces?: boolean;
}

export class FakeHost implements Host {
  readonly kernel = new FakeKernel();
  readonly sysctls = new Map<string, string>([['net.ipv4.ip_forward', '0']]);
  readonly faults: Faults = {};
  manifest: string | undefined;
  readonly declared = new Map<string, string>();
  /** What was asked of the host, in order. */
  readonly calls: string[] = [];

  /** Everything that a test may compare before and after. */
  state(): string {
    return JSON.stringify([this.kernel.save(), [...this.sysctls], this.manifest, [...this.declared]]);
  }

  read(question: Question): Promise<Reading> {
    this.calls.push('read');
    return Promise.resolve(this.reading(question));
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
    const transaction = decide(await Promise.resolve(this.reading(question)));
    signal.throwIfAborted();
    return transaction === undefined ? { kind: 'kept' } : this.run(transaction);
  }

  private run(transaction: Transaction): Outcome {
    const done: Transaction['steps'][number][] = [];
    const undo = (step: string, message: string): Outcome => {
      for (const { kind, inverse } of done.reverse()) this.runStep(kind, inverse);
      return { kind: 'failed', step, message, undone: true };
    };
    for (const [index, step] of transaction.steps.entries()) {
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
    this.manifest = transaction.manifest;
    if (transaction.declared === undefined) this.declared.delete(transaction.scope);
    else this.declared.set(transaction.scope, transaction.declared);
    return { kind: 'kept' };
  }

  private runStep(kind: 'ipv4' | 'sysctl', text: string): void {
    if (kind === 'ipv4') this.kernel.restore(text, { noflush: true });
    else for (const [key, value] of assignments(text)) this.sysctls.set(key, value);
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
      ...(declared === undefined || declared.startsWith(declaredDigest) ? {} : { declared }),
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
