// The attributes of the provider block: how to reach hosts and become root there, unless a host says otherwise.
import { type AttributeValues, nested } from '../protocol/attributes';
import { bool, number, string } from '../protocol/wire-type';
import { bastion } from './bastion';

/** Of the provider block; shown by `terraform providers schema`. */
export const SETTINGS_DESCRIPTION =
  'Gatewright makes Linux gateways converge over SSH. These settings hold for every host that does not set its own.';

const SETTINGS = {
  user: { mode: 'optional', type: string, description: 'User to log in as. Default: `root`.' },
  port: { mode: 'optional', type: number, description: 'SSH port. Default: `22`.' },
  private_key_path: {
    mode: 'optional',
    type: string,
    description: 'File with a private key. Default: the SSH agent, then the usual keys in `~/.ssh`.',
  },
  private_key: {
    mode: 'optional',
    type: string,
    sensitive: true,
    description: 'A private key itself. Better from the environment variable `GATEWRIGHT_PRIVATE_KEY`.',
  },
  password: {
    mode: 'optional',
    type: string,
    sensitive: true,
    description: "The user's password. Better from the environment variable `GATEWRIGHT_PASSWORD`.",
  },
  sudo_password: {
    mode: 'optional',
    type: string,
    sensitive: true,
    description:
      'What `sudo` asks for. Better from the environment variable `GATEWRIGHT_SUDO_PASSWORD`. ' +
      'Default: none, so `sudo` must not ask.',
  },
  agent: {
    mode: 'optional',
    type: string,
    description: "Path of an SSH agent's socket; empty for no agent. Default: `SSH_AUTH_SOCK`.",
  },
  known_hosts_path: {
    mode: 'optional',
    type: string,
    description: 'File with known host keys. Default: `~/.ssh/known_hosts` and `/etc/ssh/ssh_known_hosts`.',
  },
  sudo: {
    mode: 'optional',
    type: bool,
    description: 'Become root by `sudo`. Default: true unless the user is root.',
  },
  bastion: { mode: 'optional', type: bastion, description: 'A host to go through.' },
  connect_timeout_seconds: {
    mode: 'optional',
    type: number,
    description: 'How long to wait for a connection. Default: `15`.',
  },
} as const;

/** The block as it was given: secrets from the environment are added by `ssh-settings.ts`. */
export type Settings = AttributeValues<typeof SETTINGS>;

/** The whole provider block. */
export const settings = nested(SETTINGS);
