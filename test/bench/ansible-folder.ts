// Ansible as its users set it up: an inventory, pipelining, connections kept as long as it likes. Used by subjects/ansible.ts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../lib/lab/lab';
import type { Requirement } from '../../lib/lab/packages';
import { privateKeyOf, reachOf } from './bench-hosts';
import type { Commands } from './commands';

/** For those who run Ansible on hosts of the lab, which have the machine's programs. */
export const ANSIBLE: readonly Requirement[] = [
  { program: 'ansible-playbook', package: 'ansible', why: 'the benchmark runs it beside us' },
  { program: 'python3', package: 'python3-minimal', why: 'Ansible needs it on hosts' },
];

/** Tasks for one host, and what they have to have changed at the end. */
export interface Play {
  readonly playbook: string;
  readonly host: string;
  /** How many tasks have to change something: 0 where there is nothing to do. */
  readonly changed: number;
  /** @default - none */
  readonly variables?: Readonly<Record<string, string>>;
  /** Look, and change nothing. @default false */
  readonly isCheck?: boolean;
}

/** A folder with ansible.cfg, inventory and playbooks. */
export class AnsibleFolder {
  constructor(
    private readonly commands: Commands,
    lab: Lab,
    { folder, hosts, playbooks }: AnsibleContent,
  ) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    const write = (name: string, text: string): void => {
      writeFileSync(join(folder, name), text);
    };
    write('ansible.cfg', printSettings(folder));
    write('inventory', hosts.map((host) => printInventoryLine(lab, host)).join(''));
    // JSON is YAML.
    for (const [name, plays] of Object.entries(playbooks)) write(`${name}.yml`, JSON.stringify(plays));
  }

  readonly folder: string;

  /** Throws where something else changed than was to. */
  async play({ playbook, host, changed, variables = {}, isCheck = false }: Play): Promise<void> {
    const words = [...(isCheck ? ['--check'] : []), '-l', host, '-e', JSON.stringify(variables)];
    const argv = ['ansible-playbook', ...words, `${playbook}.yml`];
    const { folder } = this;
    const environment = { ANSIBLE_CONFIG: join(folder, 'ansible.cfg'), ANSIBLE_NOCOLOR: '1' };
    const { stdout } = await this.commands.must(argv, { folder, environment });
    if (new RegExp(`^${host} .*changed=${changed} `, 'm').test(stdout)) return;
    throw new Error(
      `ansible-playbook ${playbook}.yml did not change ${changed} things:\n${stdout.slice(-4000)}`,
    );
  }
}

export interface AnsibleContent {
  readonly folder: string;
  readonly hosts: readonly string[];
  /** By name, as JSON. */
  readonly playbooks: Readonly<Record<string, readonly unknown[]>>;
}

function printSettings(folder: string): string {
  return [
    '[defaults]',
    'inventory = inventory',
    'host_key_checking = True',
    'retry_files_enabled = False',
    `local_tmp = ${join(folder, 'tmp')}`,
    '[connection]',
    'pipelining = True',
    '[ssh_connection]',
    'pipelining = True',
    `control_path_dir = ${join(folder, 'cp')}`,
    '',
  ].join('\n');
}

function printInventoryLine(lab: Lab, name: string): string {
  const { address, port } = reachOf(lab, name);
  const known = `-o UserKnownHostsFile=${join(lab.dir, 'known_hosts')} -o IdentitiesOnly=yes`;
  return [
    ...[name, `ansible_host=${address}`, `ansible_port=${port}`, 'ansible_user=root'],
    ...[`ansible_ssh_private_key_file=${privateKeyOf(lab)}`, `ansible_ssh_common_args="${known}"`],
    'ansible_python_interpreter=/usr/bin/python3\n',
  ].join(' ');
}
