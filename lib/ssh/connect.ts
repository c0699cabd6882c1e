// The entry of the SSH layer: settings in, an open connection out. Used by provider, lab and cli.
import type { SshConnection, SshSettings } from './connection';
import { readEnvironment, type SshEnvironment } from './environment';

/**
 * Connects, through the bastion where there is one, checks each host's key, and logs in. Rejects with `SshError`.
 * ssh2 is loaded here, at the first call: it costs as much as the rest of a start.
 */
export async function connect(
  settings: SshSettings,
  environment: SshEnvironment = readEnvironment(),
): Promise<SshConnection> {
  const { openConnection } = await import('./open.js');
  return openConnection(settings, environment);
}
