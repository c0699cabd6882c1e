// Waits until an SSH server answers on a port of 127.0.0.1. Used by up.ts.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './errors';

/** Resolves at the server's greeting. */
export async function awaitSsh(port: number, timeoutSeconds: number): Promise<void> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  while (!(await greets(port, timeoutSeconds))) {
    if (Date.now() > deadline) {
      throw new LabError(
        'timed-out',
        `no SSH server answered on 127.0.0.1:${port} within ${timeoutSeconds} s`,
      );
    }
    await sleep(10);
  }
}

function greets(port: number, timeoutSeconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (isGreeted: boolean): void => {
      socket.destroy();
      resolve(isGreeted);
    };
    socket.setTimeout(timeoutSeconds * 1000, () => {
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
