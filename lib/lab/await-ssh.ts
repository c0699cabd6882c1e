// Waits until an SSH server answers on a port of 127.0.0.1. Used by up.ts.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './errors';
import { isRunning } from './process-identity';
import type { ProcessIdentity } from './process-identity';

const TIMEOUT_SECONDS = 20;

/** Resolves at the server's greeting; rejects at once when the lab has ended. */
export async function awaitSsh(port: number, keeper: ProcessIdentity): Promise<void> {
  const deadline = Date.now() + TIMEOUT_SECONDS * 1000;
  while (!(await greets(port))) {
    if (!isRunning(keeper)) throw new LabError('command-failed', 'the lab ended while it was being made');
    if (Date.now() > deadline) {
      throw new LabError(
        'timed-out',
        `no SSH server answered on 127.0.0.1:${port} within ${TIMEOUT_SECONDS} s`,
      );
    }
    await sleep(10);
  }
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (isGreeted: boolean): void => {
      socket.destroy();
      resolve(isGreeted);
    };
    socket.setTimeout(TIMEOUT_SECONDS * 1000, () => {
      settle(false);
    });
    socket.once('data', (chunk: Buffer) => {
      settle(chunk.toString('latin1').startsWith('SSH-2.0-'));
    });
    socket.once('error', () => {
      settle(false);
    });
    socket.once('close', () => {
      settle(false);
    });
  });
}
