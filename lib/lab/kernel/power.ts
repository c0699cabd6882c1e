// Switches kernel hosts off and on again, gently or not. Used by lab.ts.
import { LabError } from '../errors';
import type { ProcessIdentity } from '../process-identity';
import { mustRun } from '../run';
import { awaitReboot } from './await-boot';
import type { BootingHost } from './await-boot';

/** As somebody at the host's console would. Resolves when it has booted again. */
export async function rebootHost(host: BootingHost): Promise<void> {
  const since = performance.now();
  await mustRun(host.execArgv(['systemctl', '--no-block', 'reboot']));
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
