// What makes a kernel host this host, as the tar archive that is its second disk. Used by build-lab.ts.
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeSeedFile } from '../host-seed';
import { mustRun } from '../run';
import type { HostSpec } from '../spec';
import { sysctlPath } from '../wire';
import { DOOR_DEVICE, LAB_ADDRESS } from './door';
import type { Door } from './door';
import { doorUnit, FIRST_BOOT_PROGRAM, GUEST_FOLDER, serveUnit } from './guest-boot';
import { DOOR_PROGRAM } from './guest-door';
import { SERVE_PROGRAM } from './guest-serve';
import { networkFiles } from './network-service';

/** Adds to the `seed` folder what a kernel host has beyond other hosts; gives the path of the archive, beside it. */
export async function archiveKernelSeed(host: HostSpec, seed: string, door: Door): Promise<string> {
  const put = (path: string, text: string, mode = 0o644): void => {
    writeSeedFile(join(seed, path), text, mode);
  };
  for (const [name, lines] of Object.entries(lists(host))) put(`${GUEST_FOLDER}/${name}`, printLines(lines));
  put(`${GUEST_FOLDER}/passwords`, printLines(passwords(host)), 0o600);
  put(`${GUEST_FOLDER}/first-boot`, FIRST_BOOT_PROGRAM);
  put(`${GUEST_FOLDER}/door`, DOOR_PROGRAM);
  put(`${GUEST_FOLDER}/serve`, SERVE_PROGRAM);
  put('etc/sysctl.d/10-lab.conf', printLines(host.sysctls.map(({ key, value }) => `${key} = ${value}`)));
  put('etc/modules-load.d/lab.conf', printLines(modulesOf(host)));
  const enable = (path: string, target: string): void => {
    const link = join(seed, 'etc/systemd/system', path);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(target, link);
  };
  const unit = (name: string, text: string): void => {
    put(`etc/systemd/system/${name}`, text);
    enable(`multi-user.target.wants/${name}`, `../${name}`);
  };
  const network = networkFiles(host);
  for (const [path, text] of Object.entries(network.files)) put(path, text);
  for (const [path, target] of Object.entries(network.enabled)) enable(path, target);
  const servers = host.serve.map(({ protocol, port }) => `${protocol}:${port}`);
  if (servers.length > 0) unit('lab-serve.service', serveUnit([host.name, ...servers]));
  unit('lab-door.service', doorUnit([DOOR_DEVICE, door.address, LAB_ADDRESS]));
  const archive = `${seed}.tar`;
  await mustRun(['tar', '--create', '--file', archive, '--owner=0', '--group=0', '--directory', seed, '.']);
  return archive;
}

/** Files of lines that the guest's programs read. UML calls devices vec0, vec1, … in the order of its arguments. */
function lists(host: HostSpec): Record<string, readonly string[]> {
  const devices = [...host.links.map(({ device }) => device), DOOR_DEVICE];
  return {
    devices: devices.map((device, number) => `link set vec${number} name ${device}`),
    users: host.users.map(({ name }) => name),
    without: host.without,
  };
}

function passwords({ users }: HostSpec): string[] {
  return users.flatMap(({ name, password }) => (password === undefined ? [] : [`${name}:${password}`]));
}

// These keys are there only when their module is.
const MODULE_OF_KEYS = [
  ['net/netfilter/', 'nf_conntrack'],
  ['net/ipv4/vs/', 'ip_vs'],
] as const;

function modulesOf({ sysctls }: HostSpec): string[] {
  return MODULE_OF_KEYS.filter(([folder]) =>
    sysctls.some(({ key }) => sysctlPath(key).startsWith(folder)),
  ).map(([, module]) => module);
}

function printLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
