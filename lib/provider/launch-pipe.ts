// The pipe to the process that Terraform started for a launch, which hands on what comes: the handshake, then lines for the log. Used by stay.ts.
import { closeSync, open, openSync, unlinkSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';

/** One launch's standard output and standard error. */
export interface LaunchPipe {
  /** Nothing is said to a launch that is gone. */
  readonly write: (text: string) => void;
  /** The process at the other end ends with it. */
  readonly close: () => void;
}

const STANDARD_OUTPUT = 1;
const STANDARD_ERROR = 2;

/** Resolves when the launch has opened its end. */
export async function openLaunchPipe(path: string): Promise<LaunchPipe> {
  const pipe = await promisify(open)(path, 'w');
  unlinkSync(path);
  return {
    write: writerTo(pipe),
    close: () => {
      closeSync(pipe);
    },
  };
}

/** Of the launch that started this process: what a crash of ours prints, Terraform sees too. Standard error is no pipe any more afterwards. */
export function firstLaunchPipe(path: string): LaunchPipe {
  unlinkSync(path);
  const close = (): void => {
    for (const used of [STANDARD_OUTPUT, STANDARD_ERROR]) closeSync(used);
    // The lowest free numbers are taken first.
    for (const used of [STANDARD_OUTPUT, STANDARD_ERROR])
      if (openSync('/dev/null', 'w') !== used) throw new Error(`descriptor ${used} was not free`);
  };
  return { write: writerTo(STANDARD_OUTPUT), close };
}

function writerTo(pipe: number): LaunchPipe['write'] {
  return (text) => {
    try {
      writeSync(pipe, text);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
    }
  };
}
