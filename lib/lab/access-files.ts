// The files of a lab's folder that say how to reach its hosts: lab.json, ssh_config, known_hosts. Used by up.ts and lab.ts.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from './errors';

/** A host as lab.json has it. A bare host is reached by `exec` alone. */
export type LabHost =
  | {
      readonly kind: 'namespace' | 'kernel';
      readonly address: '127.0.0.1';
      readonly port: number;
      readonly user: 'root';
      readonly privateKeyPath: string;
      /** As in known_hosts without the host names: `ssh-ed25519 AAAA…`. */
      readonly hostKey: string;
    }
  | { readonly kind: 'bare' };

export type LabHosts = Readonly<Record<string, LabHost>>;

export const PRIVATE_KEY_FILE = 'id_ed25519';

export function writeAccessFiles(dir: string, hosts: LabHosts): void {
  const put = (file: string, text: string): void => {
    writeFileSync(join(dir, file), text, { mode: 0o600 });
  };
  put('known_hosts', printKnownHosts(hosts));
  put('ssh_config', printSshConfig(dir, hosts));
  put('lab.json', `${JSON.stringify({ hosts }, undefined, 2)}\n`);
}

export function readLabHosts(dir: string): LabHosts {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(join(dir, 'lab.json'), 'utf8'));
  } catch (cause) {
    throw new LabError('not-up', `no lab is up in ${dir}`, { fix: 'npm run lab -- up FILE.json', cause });
  }
  if (isLabJson(content)) return content.hosts;
  throw new LabError('not-a-lab-folder', `${join(dir, 'lab.json')} is not what \`lab up\` wrote`);
}

export function printKnownHosts(hosts: LabHosts): string {
  return Object.values(hosts)
    .flatMap((host) => (host.kind === 'bare' ? [] : [`[${host.address}]:${host.port} ${host.hostKey}\n`]))
    .join('');
}

/** For `ssh -F .lab/ssh_config NAME`. */
export function printSshConfig(dir: string, hosts: LabHosts): string {
  const stanzas = Object.entries(hosts).flatMap(([name, host]) =>
    host.kind === 'bare'
      ? []
      : [`Host ${name}\n  HostName ${host.address}\n  Port ${host.port}\n  User ${host.user}\n`],
  );
  const forAll = [
    'Host *',
    `  IdentityFile "${join(dir, PRIVATE_KEY_FILE)}"`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile "${join(dir, 'known_hosts')}"`,
    '  GlobalKnownHostsFile /dev/null',
    '  StrictHostKeyChecking yes',
    '  LogLevel ERROR',
  ];
  return [...stanzas, `${forAll.join('\n')}\n`].join('\n');
}

// Only this file writes lab.json, so the outer shape tells enough.
function isLabJson(content: unknown): content is { hosts: LabHosts } {
  return typeof content === 'object' && content !== null && 'hosts' in content;
}
