// What Terraform's private data carries from a refresh to an apply: the basis of the plan, and a copy of what the host remembers.
import { createHash } from 'node:crypto';
import { chainKey } from '../model/iptables';
import type { Scope } from '../model/scope';
import { ownEntries } from './entries/own-entries';
import type { Live } from './live';
import type { FoundValue, Manifest, ScopeManifest } from './manifest';
import { isFound, isRecord, isScopeManifest } from './manifest';
import { markedPositions, ownChains } from './ownership';

/** The private data's content. */
export interface Remembered {
  readonly version: 1;
  /** Digest of the scope's own live lines at the refresh that a plan was made on; absent straight after an apply. */
  readonly basis?: string;
  /** A copy of what the host's manifest says of the scope, for the day when the host has lost it. */
  readonly owned?: Owned;
}

export interface Owned {
  readonly scope: ScopeManifest;
  /** The found values that the scope holds. */
  readonly found: Readonly<Record<string, FoundValue>>;
}

/** What a refresh remembers. */
export function remember(scope: Scope, live: Live): Remembered {
  const owned = ownedBy(scope, live.manifest);
  return { version: 1, basis: basisOf(scope, live), ...(owned === undefined ? {} : { owned }) };
}

export function ownedBy({ name }: Scope, { scopes, found }: Manifest): Owned | undefined {
  const scope = scopes[name];
  if (scope === undefined) return undefined;
  // What nobody holds was found in a container that was taken over, and stays in it.
  const held = Object.entries(found).filter(
    ([, { holders }]) => holders.includes(name) || holders.length === 0,
  );
  return { scope, found: Object.fromEntries(held) };
}

/**
 * What the host remembers, and of a scope that it does not know what the copy tells. What was found before the scope is older in
 * the copy than what a scope that came back first may have found.
 */
export function withCopy(manifest: Manifest, { name }: Scope, owned: Owned): Manifest {
  const found = Object.entries(owned.found).map(([key, { value, holders }]): [string, FoundValue] => {
    const all = new Set([...(manifest.found[key]?.holders ?? []), ...holders]);
    return [key, { ...(value === undefined ? {} : { value }), holders: [...all] }];
  });
  return {
    ...manifest,
    scopes: { ...manifest.scopes, [name]: owned.scope },
    found: { ...manifest.found, ...Object.fromEntries(found) },
  };
}

export function printMemory(memory: Remembered): string {
  return JSON.stringify(memory);
}

/** `undefined` where nothing was remembered, or by a version that we do not know. */
export function parseMemory(text: string | undefined): Remembered | undefined {
  if (text === undefined || text === '') return undefined;
  const memory: unknown = JSON.parse(text);
  return isRemembered(memory) ? memory : undefined;
}

function isRemembered(value: unknown): value is Remembered {
  return (
    isRecord(value) &&
    value['version'] === 1 &&
    ['string', 'undefined'].includes(typeof value['basis']) &&
    (value['owned'] === undefined || isOwned(value['owned']))
  );
}

function isOwned(value: unknown): value is Owned {
  return isRecord(value) && isScopeManifest(value['scope']) && isFound(value['found']);
}

/** Foreign rules, counters and other scopes do not count: they may change between plan and apply. */
export function basisOf(scope: Scope, live: Live): string {
  const manifest = live.manifest.scopes[scope.name];
  const chains = ownChains(scope, live)
    .map(({ chain, own }): readonly [string, readonly (string | undefined)[]] => [
      chainKey(chain.address),
      own ? chain.rules : markedPositions(chain, scope).map((position) => chain.rules[position]),
    ])
    .sort(byFirst);
  const sysctls = Object.keys(manifest?.sysctls ?? {}).map((key) => [key, live.sysctls.get(key)]);
  const policies = Object.keys(manifest?.policies ?? {}).map((key) => [key, live.chains.get(key)?.policy]);
  const entries = ownEntries(scope, live)
    .map(({ key, value }): readonly [string, unknown] => [key, value])
    .sort(byFirst);
  return createHash('sha256')
    .update(JSON.stringify([manifest?.id, chains, sysctls, policies, entries]))
    .digest('hex');
}

/** True if the host has anything that the scope can be recognised by. */
export function isOnHost(scope: Scope, live: Live): boolean {
  return live.manifest.scopes[scope.name] !== undefined || ownChains(scope, live).length > 0;
}

function byFirst([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
