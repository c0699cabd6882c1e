// Puts the provider into a folder of Terraform configuration, so that `terraform init` finds it there, offline and unasked.
// Used by the construct `GatewrightProvider` and by `npm run provider:install`.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLE_FILE, CODE_CACHE_FILE, cacheFinder } from './code-cache';
import { LAUNCHER, START_FILE } from './launcher';
import { type LockedProvider, lockProviders } from './lock-file';
import { packageHash } from './package-hash';
import { PROVIDER_VERSION, builtProviderFolder } from './package-root';
import { writeIfChanged } from './write';

export { PROVIDER_VERSION } from './package-root';

/** As it stands in `required_providers`. */
export const PROVIDER_SOURCE = 'gatewright/gatewright';

const TERRAFORM_REGISTRY = 'registry.terraform.io';
const REGISTRIES = [TERRAFORM_REGISTRY, 'registry.opentofu.org'];
const LOCK_FILE = '.terraform.lock.hcl';
const EXECUTABLE = 0o755;
/** Making a code cache takes half a second. */
const CODE_CACHE_TIMEOUT_MS = 60_000;

/** What differs from a stack with this provider alone, from this package. */
export interface InstallOptions {
  /** Others that the configuration requires: each gets an entry in the lock file if it has none. */
  readonly otherProviders?: readonly OtherProvider[];
  /**
   * A folder with another build of the provider.
   * @default - the one that came with the package, or that `npm run build` made
   */
  readonly buildFolder?: string;
}

/** A provider that `terraform init` fetches. Without an entry `cdktf` asks a registry about all of them, ours included. */
export interface OtherProvider {
  /** `hashicorp/null`, or with a registry's host name in front. */
  readonly source: string;
  /** An exact version. */
  readonly version: string;
  /** What the configuration asks for. @default - exactly the version */
  readonly constraints?: string;
}

/** Installs the provider into `folder`; what is there already in the same version and bytes is left alone. */
export function installProvider(folder: string, options: InstallOptions = {}): readonly string[] {
  const buildFolder = options.buildFolder ?? builtProviderFolder();
  requireBuild(buildFolder);
  const pluginFolders = REGISTRIES.map((registry) => pluginFolder(folder, registry));
  const bundle = readFileSync(join(buildFolder, BUNDLE_FILE));
  for (const plugin of pluginFolders) {
    writeIfChanged(join(plugin, BUNDLE_FILE), bundle);
    copyIfChanged(buildFolder, plugin, START_FILE);
    writeIfChanged(join(plugin, `terraform-provider-gatewright_v${PROVIDER_VERSION}`), LAUNCHER, EXECUTABLE);
  }
  cacheCode(cacheFinder(bundle), buildFolder, pluginFolders);
  const lockFile = join(folder, LOCK_FILE);
  const locked = existsSync(lockFile) ? readFileSync(lockFile, 'utf8') : '';
  writeIfChanged(
    lockFile,
    lockProviders(locked, ourEntry(folder), (options.otherProviders ?? []).map(toEntry)),
  );
  return [...pluginFolders, lockFile];
}

function requireBuild(buildFolder: string): void {
  const missing = [BUNDLE_FILE, START_FILE].filter((file) => !existsSync(join(buildFolder, file)));
  if (missing.length === 0) return;
  throw new Error(
    `Gatewright's provider is not built: ${missing.map((file) => join(buildFolder, file)).join(' and ')} missing\n` +
      'to do: npm run build',
  );
}

/** `terraform.d` is where Terraform and OpenTofu look without any CLI configuration. */
function pluginFolder(folder: string, registry: string): string {
  return join(folder, 'terraform.d', 'plugins', registry, PROVIDER_SOURCE, PROVIDER_VERSION, platform());
}

/** In Terraform's, that is Go's, words. */
function platform(): string {
  const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };
  return `${process.platform}_${architectures[process.arch] ?? process.arch}`;
}

function copyIfChanged(from: string, to: string, file: string): void {
  writeIfChanged(join(to, file), readFileSync(join(from, file)));
}

// Saves some 25 ms of each launch, and each plan launches three times. Made once beside the build, or, where that may not be
// written, in the first of the folders. Without it everything works, so a failure is no error.
function cacheCode(
  hasCache: (folder: string) => boolean,
  buildFolder: string,
  pluginFolders: readonly string[],
): void {
  const maker = [buildFolder, ...pluginFolders].find(
    (folder) => hasCache(folder) || makesCache(folder, hasCache),
  );
  if (maker === undefined) return;
  for (const folder of pluginFolders) {
    if (!hasCache(folder)) copyIfChanged(maker, folder, CODE_CACHE_FILE);
  }
}

function makesCache(folder: string, hasCache: (folder: string) => boolean): boolean {
  const words = [join(folder, START_FILE), '--code-cache'];
  spawnSync(process.execPath, words, { stdio: 'ignore', timeout: CODE_CACHE_TIMEOUT_MS });
  return hasCache(folder);
}

/** With the hash of what stands in the folder now: without it Terraform warns at each `init`. */
function ourEntry(folder: string): LockedProvider {
  const entry = toEntry({ source: PROVIDER_SOURCE, version: PROVIDER_VERSION });
  return { ...entry, hash: packageHash(pluginFolder(folder, TERRAFORM_REGISTRY)) };
}

function toEntry({ source, version, constraints }: OtherProvider): LockedProvider {
  const address = source.split('/').length === 3 ? source : `${TERRAFORM_REGISTRY}/${source}`;
  return { address, version, ...(constraints === undefined ? {} : { constraints }) };
}
