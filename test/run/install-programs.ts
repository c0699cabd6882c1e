// Before the tests with hosts: installs the Debian packages that they need and this machine lacks, saying which and why.
import { installPrograms, requirementsOf } from '../../lib/lab/packages';

const BESIDE_THE_LAB = [
  { program: 'sudo', package: 'sudo', why: 'users who are not root' },
  { program: 'nft', package: 'nftables', why: 'rules of others that iptables cannot show' },
  { program: 'busybox', package: 'busybox', why: 'a host whose sh is busybox' },
  ...[
    { program: 'zsh', package: 'zsh' },
    { program: 'mksh', package: 'mksh' },
    { program: 'ksh93', package: 'ksh93u+m' },
    { program: 'tcsh', package: 'tcsh' },
    { program: 'bsd-csh', package: 'csh' },
    { program: 'fish', package: 'fish' },
  ].map((shell) => ({ ...shell, why: 'users with this login shell' })),
];

/** Called by vitest once. */
export async function setup(): Promise<void> {
  await installPrograms(
    [...requirementsOf({ networks: [], hosts: [] }), ...BESIDE_THE_LAB],
    (line) => void process.stdout.write(`${line}\n`),
  );
}
