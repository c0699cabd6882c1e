// The machine and the programs that the numbers come from: they mean little without. Used by bench.ts.
import { cpus, release, totalmem } from 'node:os';
import type { Commands } from './commands';

export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGiB: number;
  readonly kernel: string;
  /** The first line that each program says of its version, by name. */
  readonly programs: Readonly<Record<string, string>>;
}

const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  Terraform: [process.env['TERRAFORM_BINARY_NAME'] ?? 'terraform', 'version'],
  iptables: ['iptables', '--version'],
  ipset: ['ipset', '--version'],
  OpenSSH: ['ssh', '-V'],
  Ansible: ['ansible-playbook', '--version'],
};

export async function describeMachine(commands: Commands): Promise<Machine> {
  const programs: Record<string, string> = { Node: process.version };
  for (const [name, argv] of Object.entries(VERSIONS)) {
    const { stdout, stderr } = await commands.must(argv);
    programs[name] = firstVersion(`${stdout}\n${stderr}`);
  }
  const all = cpus();
  return {
    cores: all.length,
    processor: all[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    kernel: release(),
    programs,
  };
}

/** `v1.11.4`, `9.2p1`: the first word with a digit and a dot in it. */
function firstVersion(text: string): string {
  return /v?\d+\.\d+[\w.-]*/.exec(text)?.[0] ?? 'unknown';
}
