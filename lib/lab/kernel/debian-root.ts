// The disk that kernel hosts boot from: a Debian root for each list of packages, made once for a machine and kept. Used by up.ts.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '../run';
import { readDebianSources } from './debian-sources';
import { INIT_PROGRAM } from './guest-boot';
import { chooseRoot, removeOldRoots } from './root-cache';
import { ANSWERS, LEFT_OUT, ROOT_PACKAGES, SET_UP_ROOT } from './root-recipe';

/** Root-owned and machine-wide: hosts of all labs read it, and none writes to it. */
const CACHE_FOLDER = '/var/cache/gatewright';

const MAKING_TAKES_SECONDS = 900;

/**
 * Arguments: the disk to make, the modules of the kernel, Debian's release, its packages, mkfs's word for what is left out…
 * The disk gets its name when it is whole; what a killed build left is removed by the next. The caller holds the lock.
 */
const MAKE_PROGRAM = `
set -eu
disk=$1 modules=$2 release=$3 packages=$4
shift 4
if [ -e "$disk" ]; then exit 0; fi
rm -rf "$disk.new" "$disk.root"
mmdebstrap --quiet --mode=root --variant=essential --include="$packages" \\
  --essential-hook='printf %s "$ANSWERS" | chroot "$1" debconf-set-selections' "$@" "$release" "$disk.root" -
mkdir -p "$disk.root/usr/lib/modules"
cp -r "$modules" "$disk.root/usr/lib/modules/"
chroot "$disk.root" sh -c "$SET_UP_ROOT" set-up "\${modules##*/}"
printf %s "$INIT_PROGRAM" >"$disk.root/usr/lib/lab/init"
chmod 755 "$disk.root/usr/lib/lab/init"
truncate --size 1500M "$disk.new"
mkfs.ext4 -q -F -d "$disk.root" -J size=8 -m 0 -O ^resize_inode,^metadata_csum \\
  -E lazy_itable_init=0,lazy_journal_init=0 "$disk.new"
rm -rf "$disk.root"
sync "$disk.new"
mv "$disk.new" "$disk"
`;

export interface RootOptions {
  readonly say: (line: string) => void;
  /** Aborting ends the making. */
  readonly signal: AbortSignal;
  /** @default CACHE_FOLDER */
  readonly folder?: string;
}

/**
 * Gives the path of the disk's image, which also has `packages` of Debian and what they depend on. Two labs at once make it once;
 * it is made anew where the recipe or the kernel changed.
 */
export async function debianRoot(
  { say, signal, folder = CACHE_FOLDER }: RootOptions,
  packages: readonly string[] = [],
): Promise<string> {
  const kernel = (await mustRun(['linux.uml', '--version'])).trim();
  const release = releaseOf(readFileSync('/etc/os-release', 'utf8'));
  const included = [...ROOT_PACKAGES, ...[...new Set(packages)].sort()];
  const recipe = [
    kernel,
    release,
    ...included,
    ...LEFT_OUT,
    SET_UP_ROOT,
    ANSWERS,
    INIT_PROGRAM,
    MAKE_PROGRAM,
  ];
  const digest = createHash('sha256').update(recipe.join('\0')).digest('hex').slice(0, 16);
  const disk = join(folder, `lab-root-${digest}.ext4`);
  if (chooseRoot(disk)) return disk;
  const beside = packages.length === 0 ? '' : `, with ${packages.join(', ')}`;
  say(
    `making the Debian root of kernel hosts${beside}, once: ${release}, Linux ${kernel}; half a minute or more`,
  );
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const making = [disk, `/usr/lib/uml/modules/${kernel}`, release, included.join(',')];
  const leavingOut = LEFT_OUT.map((path) => `--dpkgopt=path-exclude=${path}`);
  await mustRun([...ALONE, `${disk}.lock`, 'sh', '-c', MAKE_PROGRAM, 'make', ...making, ...leavingOut], {
    stdin: await readDebianSources(),
    env: { ...process.env, SET_UP_ROOT, ANSWERS, INIT_PROGRAM, LC_ALL: 'C.UTF-8' },
    timeoutSeconds: MAKING_TAKES_SECONDS,
    signal,
  });
  removeOldRoots(folder);
  return disk;
}

// Ends with us and takes all that it started, and its mounts, with it; only one at a time on this machine.
const ALONE = [
  ...['setpriv', '--pdeathsig', 'KILL', '--'],
  ...[
    'unshare',
    '--mount',
    '--propagation',
    'private',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
    '--',
  ],
  'flock',
];

/** As in `VERSION_CODENAME=bookworm`. */
export function releaseOf(osRelease: string): string {
  return /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(osRelease)?.[1] ?? 'stable';
}
