// Command lines that run a program inside a host, or inside the lab's switch. Used all over lib/lab.
import type { ProcessIdentity } from './process-identity';

const ROOTS_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The program runs in the host as root at home, with nothing of our own environment. */
export function inHost(init: ProcessIdentity, argv: readonly string[]): string[] {
  const environment = ['HOME=/root', 'USER=root', 'LOGNAME=root', 'SHELL=/bin/sh', 'LANG=C.UTF-8'];
  return [
    ...['nsenter', '--target', String(init.pid), '--mount', '--uts', '--ipc', '--net', '--pid', '--'],
    ...['/usr/bin/env', '-i', '-C', '/root', `PATH=${ROOTS_PATH}`, ...environment, ...terminal(), ...argv],
  ];
}

/** The machine's own program, in the network of the host or the switch alone. */
export function inNetworkOf({ pid }: ProcessIdentity, argv: readonly string[]): string[] {
  return ['nsenter', '--target', String(pid), '--net', '--', ...argv];
}

function terminal(): string[] {
  const { TERM } = process.env;
  return TERM === undefined ? [] : [`TERM=${TERM}`];
}
