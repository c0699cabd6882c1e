// A host in memory with the same port as the real one: interprets restore input and sysctls, fails on command, verifies and undoes.
import type {
  Answer,
  Control,
  Expectation,
  FreshHost,
  Host,
  Outcome,
  Proof,
  ProofStage,
  ProofTexts,
  Question,
  Reading,
  Standing,
  Transaction,
} from '../../lib/converge/host';
import { PROOF_STAGES } from '../../lib/converge/host';
import type { StepKind } from '../../lib/converge/plan';
import type { ReadName } from '../../lib/converge/reads';
import { adaptedInverse } from './adapted-inverse';
import { FakeBoot } from './fake-boot';
import { freshWay } from './fake-fresh-way';
import { FakeIp } from './fake-ip';
import { FakeIpset } from './fake-ipset';
import { FakeIpvs } from './fake-ipvs';
import { FakeKernel, RestoreFailed } from './fake-kernel';
import { FakeConfirmation } from './fake-confirmation';
import { assignments, linesOf } from './fake-lines';
import { FakeLock } from './fake-lock';
import { refuseMissingSets, setsMadeBy } from './fake-set-names';
import { FakeSurroundings } from './fake-surroundings';
import { connectionLost, interrupted, locked, unreachable } from './fake-trouble';
import { watchedLines } from './watched-lines';

/** What a test can break. */
export interface Faults {
  /** From 1, forward steps only. */
  failAtStep?: number;
  /** Both from 1: that step runs the lines before this one, and fails. Of a table's commit, which is whole or not at all, none. */
  stopInStep?: { readonly step: number; readonly line: number };
  /** Runs behind the last step, before verification: somebody else's hand. */
  beforeVerify?: (kernel: FakeKernel, kernel6: FakeKernel) => void;
  failToRemember?: boolean;
  noNamespaces?: boolean;
  /** Steps wait for it. */
  stall?: Promise<void>;
  /** The connection is lost while a transaction is under way: before it runs, or when it has ended. */
  loseConnection?: 'before' | 'after';
  /** New connections are refused. */
  refuseLogins?: boolean;
  failProbes?: boolean;
}

export class FakeHost implements Host {
  readonly kernel = new FakeKernel();
  readonly kernel6 = new FakeKernel('ipv6');
  readonly around = new FakeSurroundings();
  readonly subsystems = {
    ip: new FakeIp(),
    ipset: new FakeIpset(() => `${this.kernel.save()}${this.kernel6.save()}`),
    ipvs: new FakeIpvs(),
  };
  /** Kernel modules that it does not have. */
  readonly missingModules = new Set<string>();
  readonly sysctls = new Map<string, string>([['net.ipv4.ip_forward', '0']]);
  readonly faults: Faults = {};
  manifest: string | undefined;
  /** As `shell/came-by.ts` prints it; a host in memory is reached by nobody, unless a test says so. */
  cameBy: string | undefined;
  readonly declared = new Map<string, string>();
  readonly boot = new FakeBoot();
  /** What was asked of the host, in order. */
  readonly calls: string[] = [];
  private readonly lock = new FakeLock();
  private readonly confirmation = new FakeConfirmation();

  /** Everything that a test may compare before and after. */
  state(): string {
    return JSON.stringify([
      this.kernel.save(),
      this.kernel6.save(),
      Object.values(this.subsystems).map((subsystem) => subsystem.read()),
      [...this.sysctls],
      this.manifest,
      [...this.declared],
    ]);
  }

  async read(question: Question, onAsked?: Control['onAsked']): Promise<Reading> {
    this.calls.push('read');
    onAsked?.();
    const held = await this.lock.hold('shared', question.lockTimeoutSeconds, () =>
      Promise.resolve(this.reading(question)),
    );
    return held?.result ?? locked();
  }

  prove(texts: ProofTexts): Promise<Proof> {
    this.calls.push('prove');
    if (this.faults.noNamespaces === true) {
      return Promise.resolve({ kind: 'unavailable', message: 'unshare failed: Operation not permitted' });
    }
    const saves = new Map<ProofStage, string>();
    const sets = [...this.subsystems.ipset.names(), ...setsMadeBy(texts.ipset ?? '')];
    for (const stage of PROOF_STAGES) {
      const text = texts[stage];
      if (text === undefined) continue;
      try {
        if (stage === 'ipv4' || stage === 'ipv6') refuseMissingSets(text, sets);
        saves.set(stage, this.try(stage, text));
      } catch (error) {
        if (!(error instanceof RestoreFailed)) throw error;
        return Promise.resolve({ kind: 'refused', stage, line: error.line, message: error.message });
      }
    }
    return Promise.resolve({ kind: 'proved', saves });
  }

  countConnections(): Promise<ReadonlyMap<string, number>> {
    this.calls.push('countConnections');
    return Promise.resolve(this.subsystems.ipvs.counts());
  }

  answer(answer: Answer): Promise<Standing> {
    this.calls.push(`answer ${answer.kind}`);
    return this.confirmation.answer(answer);
  }

  /** A new connection to this host. */
  fresh(): Promise<FreshHost> {
    this.calls.push('login');
    if (this.faults.refuseLogins === true) return Promise.reject(unreachable());
    return Promise.resolve(
      freshWay(this, {
        failsProbes: this.faults.failProbes === true,
        onClose: () => this.calls.push('logout'),
      }),
    );
  }

  private try(stage: ProofStage, text: string): string {
    if (stage === 'ipv4' || stage === 'ipv6') {
      const kernel = new FakeKernel(stage);
      kernel.restore(text, { noflush: false });
      return kernel.save();
    }
    const subsystem = this.subsystems[stage].fresh();
    subsystem.run(text);
    return subsystem.save();
  }

  async transact(
    question: Question,
    decide: (reading: Reading) => Transaction | undefined,
    control: Control,
  ): Promise<Outcome> {
    const { signal } = control;
    this.calls.push('transact');
    control.onAsked?.();
    const held = await this.lock.hold('exclusive', question.lockTimeoutSeconds, async () => {
      const transaction = signal.aborted ? undefined : decide(this.reading(question));
      if (signal.aborted) throw interrupted();
      if (transaction === undefined) return { kind: 'kept' } as const;
      if (this.faults.loseConnection === 'before') throw connectionLost();
      const outcome = await this.run(transaction, control);
      if (this.faults.loseConnection === 'after') throw connectionLost();
      return outcome;
    });
    return held?.result ?? locked();
  }

  private async run(transaction: Transaction, { onStarted, onVerified }: Control): Promise<Outcome> {
    onStarted?.();
    const outcome = await this.attempt(transaction, onVerified);
    this.confirmation.end(transaction.confirm?.id, outcome);
    return this.around.conntrack.settle(outcome, transaction.stale);
  }

  private async attempt(transaction: Transaction, onVerified?: () => void): Promise<Outcome> {
    const done: Transaction['steps'][number][] = [];
    const { expected } = transaction;
    const before = this.watched(expected);
    const undo = (step: string, message: string): Outcome => {
      const isTakenBack = done.reverse().every(({ kind, inverse }) => this.takeBack(kind, inverse));
      const { subsystems, present, absent } = expected.entries;
      const undone = isTakenBack && this.holdsEntries({ subsystems, present: absent, absent: present });
      const isAsBefore = this.watched(expected) === before;
      const note = isAsBefore ? '' : '\nothers changed this meanwhile';
      return { kind: 'failed', step, message: `${message}${note}`, undone };
    };
    if (this.faults.failToRemember === true) return undo('remember', 'no space left on device');
    for (const [index, step] of transaction.steps.entries()) {
      await this.faults.stall;
      if (index + 1 === this.faults.failAtStep) return undo(step.name, 'this step fails on command');
      const mayStopHalfway = step.kind !== 'ipv4' && step.kind !== 'ipv6';
      if (mayStopHalfway) done.push(step);
      try {
        this.stopInside(step, index + 1);
        this.runStep(step.kind, step.forward);
      } catch (error) {
        return undo(step.name, error instanceof Error ? error.message : String(error));
      }
      if (!mayStopHalfway) done.push(step);
    }
    this.faults.beforeVerify?.(this.kernel, this.kernel6);
    const found = this.watched(expected);
    const wanted = [expected.rules.ipv4?.lines, expected.rules.ipv6?.lines].join('');
    if (found !== wanted) return undo('verify', `found:\n${found}`);
    const set = assignments(expected.sysctls);
    if (set.some(([key, to]) => this.sysctls.get(key) !== to)) return undo('verify', 'a sysctl is other');
    if (!this.holdsEntries(expected.entries)) return undo('verify', 'an entry is not as expected');
    const refused = await this.confirmation.await(transaction, onVerified);
    if (refused !== undefined) return undo('confirm', refused);
    this.remember(transaction);
    this.boot.remember(transaction);
    return { kind: 'kept' };
  }

  private stopInside({ kind, forward }: Transaction['steps'][number], number: number): void {
    const { step, line } = this.faults.stopInStep ?? {};
    if (line === undefined || step !== number) return;
    const lines = forward.split('\n').slice(0, line - 1);
    if (kind !== 'ipv4' && kind !== 'ipv6') this.runStep(kind, lines.map((text) => `${text}\n`).join(''));
    throw new RestoreFailed(line, 'this line fails on command');
  }

  private watched({ rules }: Expectation): string {
    return [
      rules.ipv4 === undefined ? '' : watchedLines(rules.ipv4.watch, this.kernel.save()),
      rules.ipv6 === undefined ? '' : watchedLines(rules.ipv6.watch, this.kernel6.save()),
    ].join('');
  }

  private holdsEntries({ subsystems, present, absent }: Expectation['entries']): boolean {
    const found = new Set(
      subsystems.flatMap((name) => this.subsystems[name].fingerprints().map((print) => `${name} ${print}`)),
    );
    return (
      linesOf(present).every((line) => found.has(line)) && linesOf(absent).every((line) => !found.has(line))
    );
  }

  private takeBack(kind: StepKind, inverse: string): boolean {
    const isRules = kind === 'ipv4' || kind === 'ipv6';
    const save = (kind === 'ipv6' ? this.kernel6 : this.kernel).save();
    for (const text of [inverse, isRules ? adaptedInverse(save, inverse) : inverse]) {
      try {
        if (isRules || kind === 'sysctl') this.runStep(kind, text);
        else this.subsystems[kind].undo(text);
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

  private runStep(kind: StepKind, text: string): void {
    if (kind === 'ipv4' || kind === 'ipv6') {
      refuseMissingSets(text, this.subsystems.ipset.names());
      (kind === 'ipv4' ? this.kernel : this.kernel6).restore(text, { noflush: true });
    } else if (kind === 'sysctl') for (const [key, value] of assignments(text)) this.write(key, value);
    else this.subsystems[kind].run(text);
  }

  /** As the kernel does: no new keys, and no words where a number stands. */
  private write(key: string, value: string): void {
    const before = this.sysctls.get(key);
    if (before === undefined) throw new RestoreFailed(1, `/proc/sys/${key}: Directory nonexistent`);
    if (/^\d+$/.test(before) && !/^-?\d+$/.test(value)) throw new RestoreFailed(1, 'Invalid argument');
    this.sysctls.set(key, /^\d+$/.test(before) ? String(Number(value)) : value);
  }

  private section(name: ReadName): string {
    if (name === 'kubeproxy') return this.around.kubeProxy;
    return name === 'ipv6' ? this.kernel6.save() : this.subsystems[name].read();
  }

  private reading({ scope, declaredDigest, sysctls, reads, modules, boot }: Question): Reading {
    const declared = this.declared.get(scope);
    return {
      ipv4: this.kernel.save(),
      sysctls: new Map(sysctls.map((key) => [key, this.sysctls.get(key)])),
      sections: new Map(reads.map((name) => [name, this.section(name)])),
      ...this.around.read(),
      ...this.boot.read(boot),
      hasRecovered: false,
      missingModules: modules.filter((module) => this.missingModules.has(module)),
      ...(this.manifest === undefined ? {} : { manifest: this.manifest }),
      ...(this.cameBy === undefined ? {} : { cameBy: this.cameBy }),
      ...(declared === undefined || declared.startsWith(`${declaredDigest}\n`) ? {} : { declared }),
    };
  }
}
