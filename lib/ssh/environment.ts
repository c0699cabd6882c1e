// What this process's surroundings say about SSH: home folder and agent. Given to connect.ts, so that tests bring their own.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where OpenSSH would look, as far as we look too. `~/.ssh/config` is not among it. */
export interface SshEnvironment {
  readonly homeFolder: string;
  /** `SSH_AUTH_SOCK`. */
  readonly agentSocket?: string;
  /** The host-wide known_hosts file. */
  readonly systemKnownHostsPath: string;
}

/** Of this process and its user. */
export function readEnvironment(): SshEnvironment {
  const agentSocket = process.env['SSH_AUTH_SOCK'];
  return {
    homeFolder: homedir(),
    ...(agentSocket === undefined || agentSocket === '' ? {} : { agentSocket }),
    systemKnownHostsPath: '/etc/ssh/ssh_known_hosts',
  };
}

/** `~/x` means a file in the home folder, also where no shell has seen the path. */
export function expandHome(path: string, environment: SshEnvironment): string {
  return path.startsWith('~/') ? join(environment.homeFolder, path.slice(2)) : path;
}
