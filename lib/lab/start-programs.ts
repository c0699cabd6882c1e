// Starts a host's SSH relay and its servers. Used by up.ts.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { LabError } from './errors';
import { expectLines } from './expect-lines';
import { identify } from './process-identity';
import type { ProcessIdentity } from './process-identity';
import type { ServerSpec } from './spec';

/** A JavaScript program, the PID namespace it ends with, and the network it runs in. */
export interface LabProgram {
  readonly path: string;
  readonly args: readonly string[];
  readonly endsWith: ProcessIdentity;
  readonly network: ProcessIdentity;
  readonly logPath: string;
}

export interface StartedRelay {
  /** On the machine's 127.0.0.1. */
  readonly port: number;
  readonly waiter: ProcessIdentity;
}

/** The listening socket is opened here, in the machine's network, and handed over. */
export async function startRelay(program: LabProgram): Promise<StartedRelay> {
  const listener = createServer({ pauseOnConnect: true });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { child, waiter } = start(program, ['ignore', 'ipc']);
  await handOver(listener, child);
  const address = listener.address();
  listener.close();
  child.unref();
  if (address === null || typeof address === 'string') {
    throw new LabError('command-failed', 'no port on 127.0.0.1 for SSH');
  }
  return { port: address.port, waiter };
}

/** Resolves when all ports are open. */
export async function startServers(
  program: LabProgram,
  servers: readonly ServerSpec[],
): Promise<ProcessIdentity> {
  const args = [...program.args, ...servers.map(({ protocol, port }) => `${protocol}:${port}`)];
  const { child, waiter } = start({ ...program, args }, ['pipe']);
  if (child.stdout === null) throw new LabError('command-failed', 'a server has no pipe to report by');
  const failure = (): LabError =>
    new LabError('command-failed', `the servers of ${program.args.join(' ')} ended`);
  await expectLines(child.stdout, failure)(/^ready$/);
  child.stdout.destroy();
  child.unref();
  return waiter;
}

function start(
  { path, args, endsWith, network, logPath }: LabProgram,
  channels: ('ignore' | 'pipe' | 'ipc')[],
): { child: ChildProcess; waiter: ProcessIdentity } {
  const log = openSync(logPath, 'a', 0o600);
  const into = ['--target', String(endsWith.pid), '--pid', `--net=/proc/${network.pid}/ns/net`, '--'];
  const [stdout = 'ignore', ...more] = channels;
  const child = spawn('nsenter', [...into, process.execPath, path, ...args], {
    detached: true,
    cwd: '/',
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', stdout, log, ...more],
  });
  closeSync(log);
  child.once('error', () => undefined); // The missing pid tells.
  const waiter = identify(child.pid ?? 0);
  if (waiter === undefined)
    throw new LabError('program-missing', 'cannot run nsenter', { fix: 'install util-linux' });
  return { child, waiter };
}

function handOver(listener: Server, child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('exit', () => {
      reject(new LabError('command-failed', 'an SSH relay ended as soon as it was started'));
    });
    child.once('message', () => {
      child.disconnect();
      resolve();
    });
    child.send('listen', listener, (cause) => {
      if (cause !== null) reject(cause);
    });
  });
}
