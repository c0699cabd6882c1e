// Where the package lies, seen from its source (tsx) or from its build (dist): its version and its built provider.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PACKAGE_NAME = 'gatewright';

/** The version under which Terraform knows the provider. */
export const PROVIDER_VERSION: string = readManifest(packageRoot()).version;

/** The folder of the bundle, as `npm run build` and the published package have it. */
export function builtProviderFolder(): string {
  return join(packageRoot(), 'dist', 'provider');
}

function packageRoot(): string {
  let folder = __dirname;
  while (readManifest(folder).name !== PACKAGE_NAME) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`No package.json of ${PACKAGE_NAME} above ${__dirname}`);
    folder = parent;
  }
  return folder;
}

function readManifest(folder: string): { name: string; version: string } {
  const path = join(folder, 'package.json');
  const manifest: unknown = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  return { name: textOf(manifest, 'name'), version: textOf(manifest, 'version') };
}

function textOf(manifest: unknown, key: string): string {
  if (typeof manifest !== 'object' || manifest === null) return '';
  const value: unknown = Object.entries(manifest).find(([name]) => name === key)?.[1];
  return typeof value === 'string' ? value : '';
}
