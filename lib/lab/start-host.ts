// Starts one host: namespaces, file system, SSH server, accounts. Used by up.ts, for all hosts at once.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { LabError } from './errors';
import { expectLines } from './expect-lines';
import { otherFileSystems } from './filesystems';
import { HOST_PROGRAM } from './host-program';
import { inHost } from './namespaces';
import { identify } from './process-identity';
import type { ProcessIdentity } from './process-identity';
import { mustRun } from './run';
import type { HostSpec, UserSpec } from './spec';

export interface HostPlace {
  readonly keeper: ProcessIdentity;
  /** The lab's memory for what hosts write. */
  readonly store: string;
  readonly seed: string;
  readonly logPath: string;
}

export interface StartedHost {
  readonly init: ProcessIdentity;
  readonly waiter: ProcessIdentity;
  /** The address of a kernel host on its management link. */
  readonly door?: string;
  /** Resolves when the host's file system, SSH server and accounts are there. */
  becomeReady(): Promise<void>;
}

/** Resolves as soon as the host's namespaces are there, so that its cables can be laid while it starts. */
export async function startHost(host: HostSpec, place: HostPlace): Promise<StartedHost> {
  const { child, report } = spawnInit(host, place);
  const failure = (): LabError => new LabError('command-failed', `host ${host.name} did not start`);
  const expectLine = expectLines(report, failure);
  child.once('error', () => undefined); // The missing line tells.
  const init = identify(Number(await expectLine(/^pid (\d+)$/)));
  const waiter = identify(child.pid ?? 0);
  if (init === undefined || waiter === undefined) throw failure();
  return {
    init,
    waiter,
    becomeReady: async () => {
      await expectLine(/^ready$/);
      report.destroy();
      child.unref();
      for (const user of host.users) await addUser(init, user);
    },
  };
}

function spawnInit(host: HostSpec, place: HostPlace): { child: ChildProcess; report: Readable } {
  const log = openSync(place.logPath, 'a', 0o600);
  const into = ['nsenter', '--target', String(place.keeper.pid), '--net', '--mount', '--pid', '--'];
  const own = ['unshare', '--net', '--mount', '--pid', '--uts', '--ipc', '--propagation', 'private'];
  const init = [
    ...['--fork', '--kill-child', '--', 'sh', '-c', HOST_PROGRAM, 'init'],
    ...[place.store, host.name, place.seed, host.iptables ?? '-'],
    ...[...otherFileSystems(), '--', ...host.without],
  ];
  const [program = '', ...rest] = [...into, ...own, ...init];
  const child = spawn(program, rest, { detached: true, stdio: ['ignore', log, log, 'pipe'] });
  closeSync(log);
  const report = child.stdio[3];
  if (report === null || report === undefined || !('read' in report)) {
    throw new LabError('command-failed', `host ${host.name} has no pipe to report by`);
  }
  return { child, report };
}

async function addUser(init: ProcessIdentity, { name, password }: UserSpec): Promise<void> {
  if (name !== 'root') {
    await mustRun(inHost(init, ['useradd', '--create-home', '--shell', '/bin/sh', '--password', '*', name]));
  }
  if (password !== undefined) await mustRun(inHost(init, ['chpasswd']), { stdin: `${name}:${password}\n` });
}
