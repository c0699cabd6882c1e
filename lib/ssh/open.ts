// From settings to an open connection: the bastion first where there is one, then the host through it. Loaded by connect.ts.
import type { Socket } from 'node:net';
import type { BastionSettings, SshConnection, SshSettings } from './connection';
import { readCredentials, type CredentialSettings } from './credentials';
import { dial, type Route } from './dial';
import type { SshEnvironment } from './environment';
import { SshError } from './errors';
import { type ForwardFailure, openForward } from './forward';
import { printHostName } from './host-name';
import { readHostKeyPolicy, type HostKeySettings } from './host-key';
import { OpenConnection, type Path, type Privilege } from './open-connection';
import { unlessAborted } from './unless-aborted';

const CONNECT_TIMEOUT_SECONDS = 15;

/** One host on the way: how to know it and how to log in. */
type Hop = HostKeySettings & CredentialSettings & Pick<SshSettings, 'user' | 'connectTimeoutSeconds'>;

/** Rejects with `SshError` or the signal's reason, and closes the socket then. It leads to the first hop, and may still be connecting. */
export async function openConnection(
  settings: SshSettings,
  environment: SshEnvironment,
  { socket, signal }: { readonly socket: Socket; readonly signal?: AbortSignal | undefined },
): Promise<SshConnection> {
  const name = printHostName(settings);
  const host: Hop = { ...settings, name };
  try {
    const privilege = choosePrivilege(settings, name);
    const opening =
      settings.bastion === undefined
        ? openDirectly(host, environment, socket)
        : openThrough([bastionHop(settings.bastion, settings), host], environment, socket);
    const path = await (signal === undefined ? opening : unlessAborted(opening, signal));
    return new OpenConnection(name, path, privilege);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function openDirectly(host: Hop, environment: SshEnvironment, socket: Socket): Promise<Path> {
  const route = await readRoute(host, environment);
  return { client: await dial(route, socket), leading: [], socket };
}

async function openThrough(
  [bastion, host]: readonly [Hop, Hop],
  environment: SshEnvironment,
  socket: Socket,
): Promise<Path> {
  const [near, far] = await Promise.all([
    readRoute(bastion, environment),
    readRoute({ ...host, bastionName: bastion.name }, environment),
  ]);
  const leading = await dial(near, socket);
  leading.on('error', () => undefined);
  const channel = await openForward(leading, far, (failure) => explainBehind(bastion.name, far, failure));
  return { client: await dial(far, channel), leading: [leading], socket };
}

async function readRoute(hop: Hop, environment: SshEnvironment): Promise<Route> {
  const { name, address, port, user, connectTimeoutSeconds: timeoutSeconds = CONNECT_TIMEOUT_SECONDS } = hop;
  const policy = await readHostKeyPolicy(hop, environment);
  const credentials = await readCredentials(hop, environment);
  return { name, address, port, user, policy, credentials, timeoutSeconds };
}

/** The bastion shares agent, known_hosts and, lacking its own, the key of the host behind it; never that host's password. */
function bastionHop(bastion: BastionSettings, settings: SshSettings): Hop {
  const { agent, knownHostsPath, privateKey, privateKeyPath, connectTimeoutSeconds } = settings;
  const shared = bastion.privateKeyPath === undefined ? { privateKey, privateKeyPath } : {};
  const limit = connectTimeoutSeconds === undefined ? {} : { connectTimeoutSeconds };
  return { agent, knownHostsPath, ...limit, ...shared, ...bastion, name: printHostName(bastion) };
}

function explainBehind(bastionName: string, route: Route, { kind, reason, cause }: ForwardFailure): SshError {
  const message = `${route.name} cannot be reached through ${bastionName}: ${reason}`;
  return new SshError(kind === 'silent' ? 'timed-out' : 'unreachable', route.name, 'connect', message, {
    cause,
    fix: 'check address and port as seen from the bastion, and AllowTcpForwarding in its sshd_config',
  });
}

function choosePrivilege(settings: SshSettings, name: string): Privilege {
  const { sudoPassword } = settings;
  if (sudoPassword !== undefined && /[\r\n\0]/.test(sudoPassword)) {
    throw new SshError('sudo-failed', name, 'settings', 'sudo_password must be one line', {
      fix: 'remove the line breaks, also one at its end',
    });
  }
  const sudo = settings.sudo ?? settings.user !== 'root';
  return { sudo, ...(sudoPassword === undefined ? {} : { sudoPassword }) };
}
