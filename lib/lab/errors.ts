// What can go wrong in the lab, for the command line and for tests: every error says what to do.

export type LabErrorCode =
  | 'invalid-lab-file'
  | 'already-up'
  | 'not-up'
  | 'not-a-lab-folder'
  | 'being-made'
  | 'not-root'
  | 'unknown-host'
  | 'host-gone'
  | 'not-a-kernel-host'
  | 'program-missing'
  | 'command-failed'
  | 'timed-out'
  | 'interrupted';

export class LabError extends Error {
  readonly code: LabErrorCode;
  readonly fix?: string;

  constructor(code: LabErrorCode, message: string, options?: { fix?: string; cause?: unknown }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LabError';
    this.code = code;
    if (options?.fix !== undefined) this.fix = options.fix;
  }
}

/** One thing that is wrong in a lab's file. `at` reads like `hosts.web1.links.eth0`. */
export interface LabFileProblem {
  readonly at: string;
  readonly what: string;
  readonly given?: string;
  readonly allowed?: string;
}

/** Thrown with everything that is wrong in a lab's file; nothing was made. */
export class InvalidLabFile extends LabError {
  readonly problems: readonly LabFileProblem[];

  constructor(problems: readonly LabFileProblem[]) {
    super('invalid-lab-file', problems.map(printLabFileProblem).join('\n'), {
      fix: 'correct the lab file; `npm run lab -- up --help` shows a small one',
    });
    this.name = 'InvalidLabFile';
    this.problems = problems;
  }
}

function printLabFileProblem({ at, what, given, allowed }: LabFileProblem): string {
  const got = given === undefined ? '' : `, got ${given}`;
  const may = allowed === undefined ? '' : `; allowed: ${allowed}`;
  return `${at}: ${what}${got}${may}`;
}
