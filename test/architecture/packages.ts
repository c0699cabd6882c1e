// What we ship and what we ship it with: the published files, declared dependencies, and their licences.
import { builtinModules } from 'node:module';
import { importsOf } from './code';
import { packageName } from './layers';
import type { SourceFile } from './sources';

export interface Manifest {
  readonly main: string;
  readonly types: string;
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** The entry points are shipped, and nothing but what the build made. */
export function shippingProblems({ main, types, files }: Manifest): string[] {
  const isShipped = (path: string): boolean => files.some((place) => path.startsWith(`${place}/`));
  return [
    ...[main, types].filter((path) => !isShipped(path)).map((path) => `"files" lacks ${path}`),
    ...files
      .filter((place) => !place.startsWith('dist/'))
      .map((place) => `"files" has ${place}, which no build made`),
  ];
}

/** The lab and the commands run from a clone, with what develops us. */
const RUNS_FROM_A_CLONE = /^lib\/(lab|cli)\//;

/** A library that lib/ imports must come with the package or be asked of its user. */
export function undeclaredPackages(source: SourceFile, manifest: Manifest): string[] {
  if (RUNS_FROM_A_CLONE.test(source.path)) return [];
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
  return importsOf(source)
    .filter((specifier) => !specifier.startsWith('.'))
    .map(packageName)
    .filter((name) => !builtinModules.includes(name) && !(name in declared))
    .map((name) => `${source.path}: ${name} is no dependency of the package`);
}

/** Path in node_modules -> the names of what the package needs. The path of the project itself is empty. */
export type LockedPackages = ReadonlyMap<string, readonly string[]>;

/** Reads "packages" of package-lock.json; what only develops us is needed by nobody. */
export function lockedPackages(text: string): LockedPackages {
  const lock: unknown = JSON.parse(text);
  return new Map(
    entries(entry(lock, 'packages')).map(([path, locked]) => [
      path,
      ['dependencies', 'optionalDependencies', 'peerDependencies'].flatMap((kind) =>
        entries(entry(locked, kind)).map(([name]) => name),
      ),
    ]),
  );
}

/** Paths in node_modules of everything that our users install with us. */
export function productionTree(locked: LockedPackages): string[] {
  const reached = new Set<string>();
  const visit = (path: string): void => {
    for (const name of locked.get(path) ?? []) {
      const found = resolvePackage(path, name, locked);
      if (found === undefined || reached.has(found)) continue;
      reached.add(found);
      visit(found);
    }
  };
  visit('');
  return [...reached].sort();
}

/** As Node does: the nearest node_modules on the way up. Optional peers may be absent. */
function resolvePackage(from: string, name: string, locked: LockedPackages): string | undefined {
  const candidate = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
  if (locked.has(candidate)) return candidate;
  if (from === '') return undefined;
  return resolvePackage(from.replace(/\/?node_modules\/(@[^/]+\/)?[^/]+$/, ''), name, locked);
}

const ALLOWED =
  /^(Apache-2\.0|MIT|BSD-[23]-Clause|ISC|MPL-2\.0|0BSD|BlueOak-1\.0\.0|Unlicense|CC0-1\.0|Public Domain)$/;

/** An SPDX expression of which one alternative is wholly allowed. */
export function isAllowedLicence(expression: string): boolean {
  return expression
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((licence) => ALLOWED.test(licence.trim())));
}

/** What a package.json says of its licence, in the old form too: a list of which one may be chosen. */
export function licenceOf(text: string): string {
  const manifest: unknown = JSON.parse(text);
  const named = [
    entry(manifest, 'license'),
    ...entries(entry(manifest, 'licenses')).map(([, choice]) => choice),
  ];
  return named
    .map((licence) => (typeof licence === 'string' ? licence : entry(licence, 'type')))
    .filter((licence) => typeof licence === 'string')
    .join(' OR ');
}

function entry(of: unknown, key: string): unknown {
  return entries(of).find(([name]) => name === key)?.[1];
}

function entries(of: unknown): [string, unknown][] {
  return typeof of === 'object' && of !== null ? Object.entries(of) : [];
}
