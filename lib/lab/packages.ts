// Finds the programs that a lab needs and installs the Debian packages of those that lack. Used by up.ts and tests.
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { LabError } from './errors';
import { mustRun, run } from './run';
import type { LabSpec } from './spec';

export interface Requirement {
  readonly program: string;
  /** The Debian package that has it. */
  readonly package: string;
  readonly why: string;
}

const ALWAYS: readonly Requirement[] = [
  { program: 'unshare', package: 'util-linux', why: 'makes the namespaces' },
  { program: 'nsenter', package: 'util-linux', why: 'enters the namespaces' },
  { program: 'pivot_root', package: 'util-linux', why: 'gives hosts a root of their own' },
  { program: 'mount', package: 'mount', why: 'gives hosts a root of their own' },
  { program: 'ip', package: 'iproute2', why: 'lays the cables' },
  { program: 'sshd', package: 'openssh-server', why: "the hosts' SSH server; not started on this machine" },
  { program: 'ssh', package: 'openssh-client', why: 'logs in to the hosts' },
  { program: 'ssh-keygen', package: 'openssh-client', why: 'makes the keys of the lab' },
  { program: 'iptables', package: 'iptables', why: 'what the hosts are for' },
  { program: 'ipset', package: 'ipset', why: 'what the hosts are for' },
  { program: 'conntrack', package: 'conntrack', why: 'deletes conntrack entries that an apply made wrong' },
  { program: 'curl', package: 'curl', why: 'sends requests from hosts' },
];

const SUDO: Requirement = { program: 'sudo', package: 'sudo', why: 'the lab file has users with sudo' };

const FOR_KERNEL_HOSTS: readonly Requirement[] = [
  { program: 'linux.uml', package: 'user-mode-linux', why: 'the kernel of kernel hosts' },
  { program: 'mmdebstrap', package: 'mmdebstrap', why: 'makes the Debian root of kernel hosts' },
  { program: 'mkfs.ext4', package: 'e2fsprogs', why: 'makes the disk of kernel hosts' },
  { program: 'tar', package: 'tar', why: 'makes the seed of a kernel host' },
];

const FOLDERS = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function requirementsOf({ hosts }: LabSpec): readonly Requirement[] {
  const usesSudo = hosts.some(({ users }) => users.some(({ sudo }) => sudo !== undefined));
  // A kernel host has programs of its own.
  const sharesOurs = hosts.some(({ kind }) => kind !== 'kernel');
  const hasKernels = hosts.some(({ kind }) => kind === 'kernel');
  return [...ALWAYS, ...(usesSudo && sharesOurs ? [SUDO] : []), ...(hasKernels ? FOR_KERNEL_HOSTS : [])];
}

export async function installLacking(spec: LabSpec, say: (line: string) => void): Promise<void> {
  await installPrograms(requirementsOf(spec), say);
}

/** For those who want more on their hosts: before the lab is up, since hosts have the machine's programs. */
export async function installPrograms(
  requirements: readonly Requirement[],
  say: (line: string) => void,
): Promise<void> {
  const lacking = requirements.filter(({ program }) => !isInstalled(program));
  if (lacking.length === 0) return;
  const packages = [...new Set(lacking.map((requirement) => requirement.package))].sort();
  if (!isInstalled('apt-get')) throw cannotInstall(lacking);
  for (const { program, package: name, why } of lacking) say(`installing ${name}: lacks ${program} (${why})`);
  await install(packages);
  const still = lacking.filter(({ program }) => !isInstalled(program));
  if (still.length > 0) throw cannotInstall(still);
}

export function isInstalled(program: string, folders = `${process.env['PATH'] ?? ''}:${FOLDERS}`): boolean {
  return folders.split(':').some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function cannotInstall(lacking: readonly Requirement[]): LabError {
  const list = lacking.map(({ program, why, package: name }) => `  ${program} (${why}), in Debian's ${name}`);
  return new LabError('program-missing', `programs are missing:\n${list.join('\n')}`, {
    fix: 'install them with the package manager of this machine',
  });
}

const APT_GET = ['apt-get', '--yes', '--quiet=2', '-o', 'DPkg::Lock::Timeout=300'];

// The programs by which packages start their services do nothing in this private view of the machine's files.
const WITHOUT_STARTING = `
for starter in /usr/sbin/invoke-rc.d /usr/bin/deb-systemd-invoke; do
  if [ -e "$starter" ]; then mount --bind /bin/true "$starter"; fi
done
exec "$@"
`;

async function install(packages: readonly string[]): Promise<void> {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, timeoutSeconds: 900 };
  const apart = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', WITHOUT_STARTING, 'install'];
  const installation = [...apart, ...APT_GET, '--no-install-recommends', 'install', ...packages];
  const first = await run(installation, options);
  if (first.exitCode === 0) return;
  // Fresh machines have no list of packages, and old lists name versions that are gone.
  await mustRun([...APT_GET, 'update'], options);
  await mustRun(installation, options);
}
