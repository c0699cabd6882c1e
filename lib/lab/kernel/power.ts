// Switches kernel hosts off and on again, gently or not. Used by lab.ts.
import { LabError } from '../errors';
import type { ProcessIdentity } from '../process-identity';
import { mustRun } from '../run';
import { awaitReboot } from './await-boot';
import type { BootingHost } from './await-boot';

// What `systemctl reboot` comes to, but for logind, which may itself be gone before it has answered.
const REBOOT = ['systemctl', '--no-block', '--job-mode=replace-irreversibly', 'start', 'reboot.target'];

/** Stops everything in order, as at a host's console. Resolves when it has booted again. */
export async function rebootHost(host: BootingHost): Promise<void> {
  const since = performance.now();
  await mustRun(host.execArgv(REBOOT));
  await awaitReboot(host, since);
}

/**
 * The kernel and everything in it is gone at once, as when a plug is pulled: what it had not yet written to its disk is lost. Then
 * the host is switched on again. Resolves when it has booted.
 */
export async function cutPower(host: BootingHost, power: ProcessIdentity): Promise<void> {
  const since = performance.now();
  try {
    process.kill(power.pid, 'SIGUSR1');
  } catch (cause) {
    throw new LabError('host-gone', `host ${host.name} has ended`, { cause });
  }
  await awaitReboot(host, since);
}
