// How a convergence ends when it does not end well: refused before anything was touched, or undone.

/** The host is not in a state that may be changed as planned; nothing was touched. */
export class Refused extends Error {
  readonly code: RefusalCode;
  readonly fix: string;

  constructor(code: RefusalCode, message: string, fix: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Refused';
    this.code = code;
    this.fix = fix;
  }
}

export type RefusalCode =
  | 'changed-since-plan'
  | 'already-on-host'
  | 'other-host'
  | 'locked'
  | 'interrupted'
  | 'unreadable'
  | 'not-undone'
  | 'tool-missing'
  | 'not-root'
  | 'denied'
  | 'in-use'
  | 'two-backends'
  | 'prefix-taken';

/** The user asked to stop, and nothing had begun. */
export function interrupted(host: string, cause: unknown): Refused {
  return new Refused('interrupted', `${host}: interrupted before the first change`, 'apply again', { cause });
}

/** A transaction that did not complete. `undone`: the host is as it was before; else the text says what is left. */
export class ApplyFailed extends Error {
  readonly undone: boolean;

  constructor(message: string, undone: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ApplyFailed';
    this.undone = undone;
  }
}
