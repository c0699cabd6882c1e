// What can be wrong with what a user declared or with what a host is asked to become: values that every door can print.

/** One thing that is wrong: what, where, what was given, what is allowed, what to do. No final period. */
export interface Problem {
  /** A stable name for tests and searches, such as `unknown-chain`. */
  readonly code: string;
  readonly what: string;
  /** Construct path, `part "x", line 3`, or host and step. */
  readonly at?: string;
  readonly given?: string;
  readonly allowed?: string;
  readonly fix?: string;
  /** The part to blame, if it is one part: becomes the attribute path `parts["x"]` in Terraform. */
  readonly part?: string;
  /** The attribute to blame otherwise, such as `chain_prefix`. */
  readonly attribute?: string;
}

/** A problem as it is shown: what, then one line each for where, what was given, what is allowed, what to do. */
export function printProblem(problem: Problem): string {
  const lines = [
    problem.what,
    problem.at === undefined ? undefined : `at: ${problem.at}`,
    problem.given === undefined ? undefined : `given: ${problem.given}`,
    problem.allowed === undefined ? undefined : `allowed: ${problem.allowed}`,
    problem.fix === undefined ? undefined : `to do: ${problem.fix}`,
  ];
  return lines.filter((line) => line !== undefined).join('\n');
}

/** Thrown for bad input and for a host that must not be changed: nothing was touched. */
export class InvalidInput extends Error {
  readonly code = 'invalid-input';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(printProblem).join('\n\n'));
    this.name = 'InvalidInput';
    this.problems = problems;
  }
}
