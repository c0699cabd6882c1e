// An open connection to one host: runs programs, one after another or at once, until it is closed or lost. Made by open.ts.
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import type { Program, RunningProgram, SshConnection } from './connection';
import { SshError, type SshErrorCode } from './errors';
import { type ForwardFailure, openForward } from './forward';
import { printEndpoint } from './host-name';
import { ShellSession } from './shell-session';
import { SHELL_COMMAND, SUDO_COMMAND } from './shell-text';
import { SudoConversation } from './sudo';

/** How long a polite end may take before the socket is dropped: a dead peer must not keep this process alive. */
const CLOSE_MILLISECONDS = 1000;

const FORWARD_TIMEOUT_SECONDS = 15;

/** A session that has ended here counts there until its processes have ended too; so often and after such pauses it is tried again. */
const LATE_TRIES = 25;
const LATE_PAUSE_MILLISECONDS = 200;

/** RFC 4254, 5.1: SSH_OPEN_CONNECT_FAILED, which OpenSSH says where MaxSessions are open. */
const CONNECT_FAILED = 2;

const FORWARD_FAILURES: Readonly<
  Record<ForwardFailure['kind'], { readonly code: SshErrorCode; readonly fix: string }>
> = {
  forbidden: {
    code: 'forward-forbidden',
    fix: 'allow it: AllowTcpForwarding local in sshd_config, and no restrict or no-port-forwarding in authorized_keys',
  },
  refused: { code: 'forward-refused', fix: 'check that something listens there, as seen from the host' },
  silent: { code: 'timed-out', fix: 'check address, routes and firewalls, as seen from the host' },
};

/** The host's own client, those that lead to it, and the one socket under all of them. */
export interface Path {
  readonly client: Client;
  readonly leading: readonly Client[];
  readonly socket: Socket;
}

/** How a program becomes root. @default - without `sudoPassword`, sudo must not ask */
export interface Privilege {
  readonly sudo: boolean;
  readonly sudoPassword?: string;
}

/** Owns its clients and their socket: `close` ends all of them. */
export class OpenConnection implements SshConnection {
  private readonly sessions = new Set<ShellSession>();
  private end: { readonly reason: string; readonly cause?: Error } | undefined;
  private lastError: Error | undefined;

  constructor(
    readonly name: string,
    private readonly path: Path,
    private readonly privilege: Privilege,
  ) {
    for (const client of [path.client, ...path.leading]) {
      client.on('error', (error) => {
        this.lastError = error;
      });
      client.on('close', () => {
        this.lose(`the connection to ${name} was lost`);
      });
    }
  }

  get isOpen(): boolean {
    return this.end === undefined;
  }

  async start(program: Program): Promise<RunningProgram> {
    if (this.end !== undefined) throw this.lost(program.step);
    const session = new ShellSession(this.name, program, this.conversation(program));
    this.sessions.add(session);
    const forget = (): boolean => this.sessions.delete(session);
    session.result.then(forget, forget);
    this.open(session, program);
    await session.started;
    return session;
  }

  async forward(
    address: string,
    port: number,
    timeoutSeconds: number = FORWARD_TIMEOUT_SECONDS,
  ): Promise<Duplex> {
    if (this.end !== undefined) throw this.lost('forward');
    const target = { address, port, timeoutSeconds };
    return openForward(this.path.client, target, (failure) =>
      this.end === undefined ? this.noForward(printEndpoint(target), failure) : this.lost('forward'),
    );
  }

  close(): void {
    this.lose(`the connection to ${this.name} was closed here`);
    for (const client of [this.path.client, ...this.path.leading]) client.end();
    setTimeout(() => this.path.socket.destroy(), CLOSE_MILLISECONDS).unref();
  }

  private open(session: ShellSession, program: Program, triesLeft = LATE_TRIES): void {
    const { step } = program;
    const command = this.privilege.sudo ? SUDO_COMMAND : SHELL_COMMAND;
    try {
      this.path.client.exec(command, (error, channel) => {
        if (error === undefined) session.attach(channel);
        else if (this.end !== undefined) session.fail(this.lost(step));
        else if (!isFull(error) || triesLeft === 0) session.fail(this.noChannel(step, error));
        else this.openLater(session, program, triesLeft);
      });
    } catch {
      // The socket has gone and the client has not said so yet.
      session.fail(this.lost(step));
    }
  }

  /** The host allows no more at once: a program waits for another to end, within its own time. */
  private openLater(session: ShellSession, program: Program, triesLeft: number): void {
    const others = [...this.sessions].filter((each) => each !== session && each.hasChannel);
    const again = (left: number) => (): void => {
      if (this.sessions.has(session)) this.open(session, program, left);
    };
    if (others.length === 0) setTimeout(again(triesLeft - 1), LATE_PAUSE_MILLISECONDS);
    else Promise.race(others.map(({ result }) => result)).then(again(triesLeft), again(triesLeft));
  }

  private conversation({ step }: Program): SudoConversation | undefined {
    return this.privilege.sudo
      ? new SudoConversation(this.name, step, this.privilege.sudoPassword)
      : undefined;
  }

  private lose(reason: string): void {
    if (this.end !== undefined) return;
    this.end = { reason, ...(this.lastError === undefined ? {} : { cause: this.lastError }) };
    for (const session of [...this.sessions]) session.fail(this.lost(session.step));
  }

  private lost(step: string): SshError {
    const { reason, cause } = this.end ?? { reason: `the connection to ${this.name} was lost` };
    const why = cause === undefined ? '' : `: ${cause.message}`;
    return new SshError('connection-lost', this.name, step, `${reason} during ${step}${why}`, { cause });
  }

  private noForward(target: string, { kind, reason, cause }: ForwardFailure): SshError {
    const { code, fix } = FORWARD_FAILURES[kind];
    const message = `${this.name} did not connect to ${target}: ${reason}`;
    return new SshError(code, this.name, 'forward', message, { cause, fix });
  }

  private noChannel(step: string, cause: Error): SshError {
    const message = `${this.name} refused a session for ${step}: ${cause.message}`;
    return new SshError('shell-failed', this.name, step, message, {
      cause,
      fix: 'allow more sessions per connection: MaxSessions in sshd_config',
    });
  }
}

function isFull(error: Error): boolean {
  return 'reason' in error && error.reason === CONNECT_FAILED;
}
