// The entry of the SSH layer: settings in, an open connection out. Used by provider, lab and cli.
import { createConnection } from 'node:net';
import type { SshConnection, SshSettings } from './connection';
import { readEnvironment, type SshEnvironment } from './environment';

/**
 * Connects, through the bastion where there is one, checks each host's key, and logs in. Rejects with `SshError`, or with
 * the signal's reason where that comes first; once open, a connection does not heed it.
 * ssh2 is loaded here, at the first call: it costs as much as the rest of a start, and meanwhile the host's sshd starts.
 */
export async function connect(
  settings: SshSettings,
  environment: SshEnvironment = readEnvironment(),
  signal?: AbortSignal,
): Promise<SshConnection> {
  signal?.throwIfAborted();
  const { address, port } = settings.bastion ?? settings;
  const socket = createConnection({ host: address, port, noDelay: true });
  // An error that comes before there is a client is kept in `errored`, and told by it.
  socket.on('error', () => undefined);
  const { openConnection } = await import('./open.js');
  return openConnection(settings, environment, { socket, signal });
}
