// What the host shall remember after a transaction: its manifest, and the scope's record of what is declared.
import type { Parts } from '../model/declaration';
import { chainKey } from '../model/iptables';
import { backendInUse } from './backends';
import { partsDigest } from './declared';
import type { DesiredState } from './desired';
import { wantedEntries } from './entries/release-entries';
import type { Live } from './live';
import type { FoundValue, Manifest, ScopeManifest } from './manifest';
import { readsOf } from './reads';

/** What a scope that stays is known by. */
export interface KeptScope {
  readonly id: string;
  readonly parts: Parts;
  /** The resource's other attributes, JSON. */
  readonly settings: string;
}

/** Without `kept` the scope goes; `undefined` where no scope is left. */
export function nextManifest(
  desired: DesiredState,
  live: Live,
  { found, kept }: { readonly found: Readonly<Record<string, FoundValue>>; readonly kept?: KeptScope },
): Manifest | undefined {
  const others = Object.entries(live.manifest.scopes).filter(([name]) => name !== desired.scope.name);
  const ours = kept === undefined ? [] : [[desired.scope.name, scopeManifest(desired, live, kept)] as const];
  const scopes = Object.fromEntries([...others, ...ours]);
  return Object.keys(scopes).length === 0 ? undefined : { version: 1, scopes, found };
}

function scopeManifest(desired: DesiredState, live: Live, { id, parts }: KeptScope): ScopeManifest {
  const { name, chainPrefix } = desired.scope;
  const before = live.manifest.scopes[name];
  const chains = [...desired.chains.values()]
    .filter(({ address, own }) => own && !address.chain.startsWith(chainPrefix))
    .map(({ address }) => chainKey(address));
  const adopted = chains.flatMap((key) => {
    const rules = before?.chains.includes(key) === true ? before.adopted[key] : live.chains.get(key)?.rules;
    return rules === undefined ? [] : [[key, rules] as const];
  });
  return {
    id,
    chainPrefix,
    declaredDigest: partsDigest(parts),
    chains,
    adopted: Object.fromEntries(adopted),
    sysctls: Object.fromEntries(
      [...desired.sysctls].map(([key, { declaration }]) => [key, declaration.value]),
    ),
    policies: Object.fromEntries(
      [...desired.policies].map(([key, { declaration }]) => [key, declaration.policy]),
    ),
    entries: Object.fromEntries(
      [...wantedEntries(desired, live).keys()].map((key) => [
        key,
        desired.entries.get(key)?.entry.line ?? '',
      ]),
    ),
    reads: readsOf(desired),
    ...(live.otherBackend === undefined ? {} : { backend: backendInUse(live.otherBackend) }),
  };
}
