// What Terraform's private data carries from a refresh to an apply: the basis of the plan, and a copy of the host's own memory.
import { createHash } from 'node:crypto';
import { chainKey } from '../model/iptables';
import type { Scope } from '../model/scope';
import type { Live } from './live';
import { isRecord } from './manifest';
import { markedPositions, ownChains } from './ownership';

/** The private data's content. */
export interface Remembered {
  readonly version: 1;
  /** Digest of the scope's own live lines at the refresh that a plan was made on. */
  readonly basis: string;
  /** Sysctls that the scope holds, so that a next reading asks for them. */
  readonly sysctls: readonly string[];
}

export function remember(scope: Scope, live: Live): Remembered {
  return {
    version: 1,
    basis: basisOf(scope, live),
    sysctls: Object.keys(live.manifest.scopes[scope.name]?.sysctls ?? {}),
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
    typeof value['basis'] === 'string' &&
    Array.isArray(value['sysctls'])
  );
}

/** Foreign rules, counters and other scopes do not count: they may change between plan and apply. */
export function basisOf(scope: Scope, live: Live): string {
  const manifest = live.manifest.scopes[scope.name];
  const chains = ownChains(scope, live)
    .map(({ chain, own }) => [
      chainKey(chain.address),
      own ? chain.rules : markedPositions(chain, scope).map((position) => chain.rules[position]),
    ])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  const sysctls = Object.keys(manifest?.sysctls ?? {}).map((key) => [key, live.sysctls.get(key)]);
  const policies = Object.keys(manifest?.policies ?? {}).map((key) => [key, live.chains.get(key)?.policy]);
  return createHash('sha256')
    .update(JSON.stringify([manifest?.id, chains, sysctls, policies]))
    .digest('hex');
}

/** True if the host has anything that the scope can be recognised by. */
export function isOnHost(scope: Scope, live: Live): boolean {
  return live.manifest.scopes[scope.name] !== undefined || ownChains(scope, live).length > 0;
}
