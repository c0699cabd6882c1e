// Runs the benchmark's programs: each must succeed, and ends when the benchmark is interrupted. Used by all subjects.
import type { RunOptions, RunResult } from '../../lib/lab/run';
import { run } from '../../lib/lab/run';

/** Nothing that is measured takes so long unless something is wrong. */
const TIMEOUT_SECONDS = 300;

export interface CommandOptions {
  readonly stdin?: string;
  /** Beside ours. @default - none */
  readonly environment?: NodeJS.ProcessEnv;
  /** @default - the benchmark's own */
  readonly folder?: string;
}

/** Runs programs until `signal` is aborted. */
export class Commands {
  constructor(readonly signal: AbortSignal) {}

  /** Throws with everything that was printed where the exit code is not 0. */
  async must(argv: readonly string[], options: CommandOptions = {}): Promise<RunResult> {
    this.signal.throwIfAborted();
    const { stdin, environment = {}, folder } = options;
    const inFolder = folder === undefined ? argv : ['env', '-C', folder, ...argv];
    const runOptions: RunOptions = {
      ...(stdin === undefined ? {} : { stdin }),
      env: { ...process.env, CHECKPOINT_DISABLE: '1', ...environment },
      timeoutSeconds: TIMEOUT_SECONDS,
      signal: this.signal,
    };
    const result = await run(inFolder, runOptions);
    this.signal.throwIfAborted();
    if (result.exitCode === 0) return result;
    const end = result.exitCode ?? result.signal ?? 'an unknown end';
    throw new Error(`${argv.join(' ')} failed (${end}):\n${tail(result.stdout)}\n${tail(result.stderr)}`);
  }
}

/** The end of what a program printed: a plan of thousands of rules hides its error otherwise. */
export function tail(text: string): string {
  return text.length > 4000 ? `…${text.slice(-4000)}` : text;
}
