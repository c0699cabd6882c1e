// The lab of the benchmark: a host for each who works on one, so that nobody meets another's rules. Used by bench.ts and subjects/.
import { join } from 'node:path';
import type { Lab } from '../../lib/lab/lab';
import { readSpec } from '../../lib/lab/read-spec';
import type { HostFile, IptablesBackend, LabSpec } from '../../lib/lab/spec';
import type { Reach } from './stacks';

const SINGLE_HOSTS = ['gatewright', 'raw', 'ansible', 'rules'] as const;

export type SingleHost = (typeof SINGLE_HOSTS)[number];

/** The names of hosts of which there are many. */
export function manyHosts(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `many-${index}`);
}

export function benchLab(backend: IptablesBackend, many: number): LabSpec {
  const names = [...SINGLE_HOSTS, ...manyHosts(many)];
  const hosts = names.map((name, index): [string, HostFile] => {
    const addresses = [`192.168.${index >> 7}.${(index & 127) + 1}/16`];
    return [name, { kind: 'namespace', iptables: backend, links: { eth0: { network: 'lan', addresses } } }];
  });
  return readSpec({ hosts: Object.fromEntries(hosts) });
}

export function reachOf(lab: Lab, name: string): Reach {
  const host = lab.host(name);
  if (host.kind === 'bare') throw new Error(`${name} has no SSH server`);
  const { address, port, hostKey } = host;
  return { address, port, hostKey };
}

export function privateKeyOf(lab: Lab): string {
  return join(lab.dir, 'id_ed25519');
}

/** Runs a program on a host without SSH; it has to succeed. */
export async function onHost(
  lab: Lab,
  name: string,
  { argv, stdin = '' }: { readonly argv: readonly string[]; readonly stdin?: string },
): Promise<string> {
  const { exitCode, stdout, stderr } = await lab.exec(name, argv, { stdin, timeoutSeconds: 120 });
  if (exitCode !== 0) throw new Error(`${argv.join(' ')} on ${name} failed:\n${stdout}${stderr}`);
  return stdout;
}

/** Two tables without rules and chains, as iptables-restore takes them. */
export const EMPTY_TABLES = [
  ...['*filter', ':INPUT ACCEPT [0:0]', ':FORWARD ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]', 'COMMIT'],
  ...['*nat', ':PREROUTING ACCEPT [0:0]', ':INPUT ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]'],
  ...[':POSTROUTING ACCEPT [0:0]', 'COMMIT', ''],
].join('\n');

export async function emptyTables(lab: Lab, name: string): Promise<void> {
  await onHost(lab, name, { argv: ['iptables-restore'], stdin: EMPTY_TABLES });
}
