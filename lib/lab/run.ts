// Runs one program to its end, without a shell, and gives what it printed. Used all over lib/lab.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { LabError } from './errors';

export interface RunOptions {
  readonly stdin?: string;
  /** The program and what it started in its process group are killed after this time. @default 60 */
  readonly timeoutSeconds?: number;
  readonly env?: NodeJS.ProcessEnv;
  /** Aborting kills the program and what it started in its process group. @default - never */
  readonly signal?: AbortSignal;
}

/** A failed program has the shape of one that went well. */
export interface RunResult {
  /** Absent where a signal ended it. */
  readonly exitCode?: number;
  readonly signal?: NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

/** Rejects with `LabError` if the program cannot be started or takes too long; an exit code is a result. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const [program = '', ...rest] = argv;
  const { timeoutSeconds = 60 } = options;
  const child = spawn(program, rest, {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  // A program may end without reading all of its input; what it did then shows in its exit code.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');
  const streams = Promise.all([text(child.stdout), text(child.stderr)]);
  const ended = Promise.all([streams, endOf(child, program)]).then(([[stdout, stderr], end]) => ({
    ...end,
    stdout,
    stderr,
  }));
  const stop = (): void => {
    killGroup(child);
  };
  options.signal?.addEventListener('abort', stop);
  return withinTime(child, ended, { argv, timeoutSeconds }).finally(() => {
    options.signal?.removeEventListener('abort', stop);
  });
}

function withinTime(
  child: ChildProcess,
  ended: Promise<RunResult>,
  { argv, timeoutSeconds }: { argv: readonly string[]; timeoutSeconds: number },
): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new LabError('timed-out', `\`${argv.join(' ')}\` was ended after ${timeoutSeconds} s`));
      killGroup(child);
      // What it started may have left its group and still hold the pipes.
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, timeoutSeconds * 1000);
    ended.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}

/** As `run`, for a program that has to succeed: gives its standard output. */
export async function mustRun(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await run(argv, options);
  if (result.exitCode === 0) return result.stdout;
  const end =
    result.exitCode === undefined ? `signal ${result.signal ?? ''}` : `exit code ${result.exitCode}`;
  throw new LabError('command-failed', `\`${argv.join(' ')}\` failed (${end})\n${result.stderr.trim()}`);
}

function endOf(child: ChildProcess, program: string): Promise<Pick<RunResult, 'exitCode' | 'signal'>> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      reject(new LabError('program-missing', `cannot run ${program}: ${cause.message}`, { cause }));
    });
    child.once('close', (exitCode, signal) => {
      resolve({ ...(exitCode === null ? {} : { exitCode }), ...(signal === null ? {} : { signal }) });
    });
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}
