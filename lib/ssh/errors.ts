// Why a host could not be reached or a command did not run. Each carries the host and what to do; secrets never appear.
import type { CommandResult } from './connection';

/** Stable: titles, tests and callers go by it, never by a message. */
export type SshErrorCode =
  | 'unreachable'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'host-key-revoked'
  | 'authentication-failed'
  | 'key-unreadable'
  /** The host let us in but did not start `sh`. */
  | 'shell-failed'
  | 'sudo-failed'
  /** The host's sshd makes no TCP connections for us. */
  | 'forward-forbidden'
  /** The host's sshd could not connect to where it was asked to. */
  | 'forward-refused'
  | 'connection-lost'
  | 'timed-out'
  /** The program ended before it printed the line that was waited for. */
  | 'program-ended';

/** Everything that goes wrong on the way to a host and with a program there. */
export class SshError extends Error {
  readonly code: SshErrorCode;
  /** `user@address:port`. */
  readonly host: string;
  /** What was under way, such as `connect` or a program's step. */
  readonly step: string;
  readonly fix?: string;

  constructor(
    code: SshErrorCode,
    host: string,
    step: string,
    message: string,
    options?: { fix?: string; cause?: unknown },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SshError';
    this.code = code;
    this.host = host;
    this.step = step;
    if (options?.fix !== undefined) this.fix = options.fix;
  }
}

/** What `readUntil` rejects with where the program ended first: `result` says how. */
export class ProgramEnded extends SshError {
  readonly result: CommandResult;

  constructor(result: CommandResult, line: string) {
    const how = result.exitCode === undefined ? 'ended' : `ended with exit code ${result.exitCode}`;
    super('program-ended', result.host, result.step, `${result.step} ${how} before it printed "${line}"`);
    this.name = 'ProgramEnded';
    this.result = result;
  }
}
