// One program on one channel: becomes root, sends the program, gathers what it prints. Used by open-connection.ts.
import type { ClientChannel } from 'ssh2';
import type { CommandResult, Program, RunningProgram } from './connection';
import { Deferred } from './deferred';
import { ProgramEnded, SshError } from './errors';
import { Preamble } from './preamble';
import { ProgramOutput } from './program-output';
import { printProgram } from './shell-text';
import { SUDO_TIMEOUT_SECONDS, type SudoConversation } from './sudo';

/** Made before its channel, so that the time limit counts from the start. */
export class ShellSession implements RunningProgram {
  private readonly ending = new Deferred<CommandResult>();
  private readonly starting = new Deferred<undefined>();
  private readonly output = new ProgramOutput();
  private readonly errors: Buffer[] = [];
  private readonly before = { stdout: new Preamble(), stderr: new Preamble() };
  private readonly timer: { limit: NodeJS.Timeout; seconds: number };
  private sudoLimit: NodeJS.Timeout | undefined;
  private channel: ClientChannel | undefined;
  private exit: { readonly code: number | undefined } | undefined;
  private isOver = false;

  constructor(
    private readonly host: string,
    private readonly program: Program,
    private readonly sudo: SudoConversation | undefined,
  ) {
    this.timer = this.startTimer(program.timeoutSeconds);
  }

  get step(): string {
    return this.program.step;
  }

  /** False while it waits for one. */
  get hasChannel(): boolean {
    return this.channel !== undefined;
  }

  get result(): Promise<CommandResult> {
    return this.ending.promise;
  }

  /** Resolves when the program's text is on its way. */
  get started(): Promise<undefined> {
    return this.starting.promise;
  }

  attach(channel: ClientChannel): void {
    this.channel = channel;
    const closed = ['end', 'close'].map((event) => onceEmitted(channel, event));
    const stderrEnded = onceEmitted(channel.stderr, 'end');
    channel.on('data', (piece: Buffer) => {
      this.takeOutput(piece);
    });
    channel.stderr.on('data', (piece: Buffer) => {
      this.takeErrors(piece);
    });
    channel.on('exit', (code: number | null) => {
      this.exit = { code: code ?? undefined };
    });
    // Such as a write that meets a closing channel: how the program ended is told by what follows.
    channel.on('error', () => undefined);
    void Promise.all([...closed, stderrEnded]).then(() => {
      this.finish();
    });
    if (this.isOver) channel.close();
    else if (this.sudo === undefined) this.send();
    else this.awaitRoot(this.sudo);
  }

  readUntil(line: string): Promise<string> {
    return this.output.readUntil(line);
  }

  onLine(listener: (line: string) => void): void {
    this.output.onLine(listener);
  }

  limit(seconds: number): void {
    clearTimeout(this.timer.limit);
    if (!this.isOver) Object.assign(this.timer, this.startTimer(seconds));
  }

  async write(bulk: Uint8Array): Promise<void> {
    const { channel } = this;
    if (this.isOver || channel === undefined || bulk.length === 0) return;
    const taken = new Promise<void>((resolve) => {
      channel.write(bulk, () => {
        resolve();
      });
    });
    // A channel that closes may never say what became of it.
    await Promise.race([taken, this.result.catch(() => undefined)]);
  }

  end(): void {
    if (!this.isOver) this.channel?.end();
  }

  abandon(): void {
    if (this.isOver) return;
    const result = this.commandResult();
    this.settle((line) => new ProgramEnded(result, line));
    this.ending.resolve(result);
    this.starting.reject(new ProgramEnded(result, 'its start'));
    this.channel?.close();
  }

  /** Gives the program up: whoever waits for anything of it gets this error. */
  fail(error: SshError): void {
    if (this.isOver) return;
    this.settle(() => error);
    this.ending.reject(error);
    this.starting.reject(error);
    this.channel?.close();
  }

  private startTimer(seconds: number): { limit: NodeJS.Timeout; seconds: number } {
    const limit = setTimeout(() => {
      this.fail(this.timedOut());
    }, seconds * 1000);
    return { limit, seconds };
  }

  private takeOutput(piece: Buffer): void {
    if (this.isOver) return;
    this.output.push(this.before.stdout.feed(piece));
    this.converse();
  }

  private takeErrors(piece: Buffer): void {
    if (this.isOver) return;
    this.errors.push(this.before.stderr.feed(piece));
    this.converse();
  }

  private awaitRoot(sudo: SudoConversation): void {
    this.sudoLimit = setTimeout(() => {
      this.fail(sudo.explainSilence(this.said()));
    }, SUDO_TIMEOUT_SECONDS * 1000);
  }

  /** The program goes out only when a root shell reads it, the password only while sudo asks for it. */
  private converse(): void {
    if (this.sudoLimit === undefined) return;
    if (this.isReady()) {
      clearTimeout(this.sudoLimit);
      this.sudoLimit = undefined;
      this.send();
      return;
    }
    if (this.before.stderr.isOver) return;
    const reaction = this.sudo?.react(this.before.stderr.text());
    if (typeof reaction === 'string') this.channel?.write(reaction);
    else if (reaction !== undefined) this.fail(reaction);
  }

  private send(): void {
    this.channel?.write(printProgram(this.program.body));
    this.starting.resolve(undefined);
  }

  private isReady(): boolean {
    return this.before.stdout.isOver && this.before.stderr.isOver;
  }

  private finish(): void {
    if (this.isOver) return;
    if (this.exit === undefined) this.fail(this.cutOff());
    else if (!this.isReady()) this.fail(this.sudo?.explainEnd(this.exit.code, this.said()) ?? this.noShell());
    else {
      const result = this.commandResult();
      this.settle((line) => new ProgramEnded(result, line));
      this.ending.resolve(result);
    }
  }

  private settle(explain: (line: string) => Error): void {
    this.isOver = true;
    clearTimeout(this.timer.limit);
    clearTimeout(this.sudoLimit);
    this.output.end(explain);
  }

  private commandResult(): CommandResult {
    const exitCode = this.exit?.code;
    return {
      host: this.host,
      step: this.program.step,
      ...(exitCode === undefined ? {} : { exitCode }),
      stdout: this.output.text(),
      stderr: Buffer.concat(this.errors).toString('utf8'),
    };
  }

  /** What the login shell or sudo printed. */
  private said(): string {
    return [this.before.stderr.text(), this.before.stdout.text()].join('\n').trim();
  }

  private timedOut(): SshError {
    const { step } = this.program;
    const message = `${step} on ${this.host} did not end within ${this.timer.seconds} s and was given up`;
    return new SshError('timed-out', this.host, step, message, {
      fix: 'check the load of the host and the network to it',
    });
  }

  private cutOff(): SshError {
    const message = `${this.host} closed the channel of ${this.program.step} without saying how it ended`;
    return new SshError('connection-lost', this.host, this.program.step, message);
  }

  private noShell(): SshError {
    const code = this.exit?.code === undefined ? '' : ` (exit code ${this.exit.code})`;
    const said = this.said();
    const message = `${this.host} did not start sh${code}${said === '' ? '' : `; the login said:\n${said}`}`;
    return new SshError('shell-failed', this.host, this.program.step, message, {
      fix: 'let this user run commands: a login shell that exists, no ForceCommand in sshd_config, no command= in authorized_keys',
    });
  }
}

function onceEmitted(emitter: NodeJS.EventEmitter, event: string): Promise<void> {
  return new Promise((resolve) => {
    emitter.once(event, () => {
      resolve();
    });
  });
}
