// Why a host could not be reached or a command did not run. Each carries the host and what to do; secrets never appear.

export type SshErrorCode =
  | 'unreachable'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'host-key-revoked'
  | 'authentication-failed'
  | 'key-unreadable'
  | 'sudo-failed'
  | 'connection-lost'
  | 'timed-out';

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
