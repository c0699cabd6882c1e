// The files that make a host of the lab this host: its name, its SSH server, its sudo rules. Used by build-lab.ts and kernel/kernel-seed.ts.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mustRun } from './run';
import type { HostSpec, UserSpec } from './spec';

/** Fills `seed`, whose tree is copied over the host's root; gives the host's key where the host has an SSH server. */
export async function writeSeed(host: HostSpec, seed: string, labKey: string): Promise<string | undefined> {
  const put = (path: string, text: string, mode = 0o644): void => {
    writeSeedFile(join(seed, path), text, mode);
  };
  put('etc/hostname', `${host.name}\n`);
  put('etc/hosts', `127.0.0.1 localhost ${host.name}\n::1 localhost ip6-localhost\n`);
  put('etc/machine-id', `${randomBytes(16).toString('hex')}\n`);
  for (const user of host.users) {
    if (user.sudo !== undefined) put(`etc/sudoers.d/lab-${user.name}`, sudoRule(user), 0o440);
  }
  if (host.kind !== 'bare') {
    put('etc/ssh/sshd_config', sshdConfig(host.users));
    for (const name of keyHolders(host.users)) put(`etc/ssh/authorized_keys/${name}`, `${labKey}\n`);
  }
  // After the lab's own, some of which a lab file may want otherwise.
  for (const { path, text } of host.files) put(path, text);
  if (host.kind === 'bare') return undefined;
  return makeKey(join(seed, 'etc/ssh/ssh_host_ed25519_key'), host.name);
}

/** Makes an ed25519 key pair at `path` and `path.pub`; gives the public half as known_hosts has it, without comment. */
export async function makeKey(path: string, comment: string): Promise<string> {
  await mustRun(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', path]);
  const [type = '', key = ''] = readFileSync(`${path}.pub`, 'utf8').split(' ');
  return `${type} ${key}`;
}

/** Without PAM: its session modules want a machine of their own. */
export function sshdConfig(users: readonly UserSpec[]): string {
  const byPassword = users.filter(({ password }) => password !== undefined).map(({ name }) => name);
  return [
    'Port 22',
    'HostKey /etc/ssh/ssh_host_ed25519_key',
    `AllowUsers ${['root', ...users.map(({ name }) => name).filter((name) => name !== 'root')].join(' ')}`,
    `PermitRootLogin ${byPassword.includes('root') ? 'yes' : 'prohibit-password'}`,
    `PasswordAuthentication ${byPassword.length > 0 ? 'yes' : 'no'}`,
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'AuthorizedKeysFile /etc/ssh/authorized_keys/%u .ssh/authorized_keys',
    'MaxStartups 100',
    'MaxSessions 100',
    'UseDNS no',
    'PrintMotd no',
    'PrintLastLog no',
    'Subsystem sftp internal-sftp',
    '',
  ].join('\n');
}

function keyHolders(users: readonly UserSpec[]): string[] {
  const named = new Map([['root', true], ...users.map(({ name, key }): [string, boolean] => [name, key])]);
  return [...named].filter(([, hasKey]) => hasKey).map(([name]) => name);
}

function sudoRule({ name, sudo }: UserSpec): string {
  return `${name} ALL=(ALL:ALL) ${sudo === 'nopasswd' ? 'NOPASSWD: ' : ''}ALL\n`;
}

/** Writes a file of a seed and the folders to it. The mode is set apart from the creation, which our umask narrows. */
export function writeSeedFile(path: string, text: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
  chmodSync(path, mode);
}
