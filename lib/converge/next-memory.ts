// What the host shall remember after a transaction: manifest and declared record, or nothing where no scope is left.
import type { Parts } from '../model/declaration';
import { partsDigest, printDeclaredRecord } from './declared';
import type { DesiredState } from './desired';
import type { Transaction } from './host';
import type { Live } from './live';
import type { FoundValue, Manifest, ScopeManifest } from './manifest';
import { printManifest } from './manifest';

/** `kept` is absent when the scope goes. */
export function nextMemory(
  desired: DesiredState,
  live: Live,
  {
    found,
    kept,
  }: {
    readonly found: Readonly<Record<string, FoundValue>>;
    readonly kept?: { readonly id: string; readonly parts: Parts; readonly settings: string };
  },
): Pick<Transaction, 'manifest' | 'declared'> {
  const others = Object.entries(live.manifest.scopes).filter(([name]) => name !== desired.scope.name);
  const scopes =
    kept === undefined
      ? others
      : [...others, [desired.scope.name, scopeManifest(desired, live, kept)] as const];
  const manifest: Manifest = { version: 1, scopes: Object.fromEntries(scopes), found };
  return {
    ...(scopes.length === 0 ? {} : { manifest: printManifest(manifest) }),
    ...(kept === undefined ? {} : { declared: `${partsDigest(kept.parts)}\n${printDeclaredRecord(kept)}` }),
  };
}

function scopeManifest(
  desired: DesiredState,
  live: Live,
  { id, parts }: { readonly id: string; readonly parts: Parts },
): ScopeManifest {
  const before = live.manifest.scopes[desired.scope.name];
  const named = [...desired.chains].filter(([, { own, declared }]) => own && declared.length > 0);
  const chains = named.flatMap(([key, { address }]) =>
    address.chain.startsWith(desired.scope.chainPrefix) ? [] : [key],
  );
  const adopted = chains.flatMap((key): [string, 'empty' | 'equal'][] => {
    const earlier = before?.adopted[key];
    if (earlier !== undefined) return [[key, earlier]];
    const chain = live.chains.get(key);
    if (chain === undefined || before?.chains.includes(key) === true) return [];
    return [[key, chain.rules.length === 0 ? 'empty' : 'equal']];
  });
  return {
    id,
    chainPrefix: desired.scope.chainPrefix,
    declaredDigest: partsDigest(parts),
    chains,
    adopted: Object.fromEntries(adopted),
    sysctls: Object.fromEntries(
      [...desired.sysctls].map(([key, { declaration }]) => [key, declaration.value]),
    ),
    policies: Object.fromEntries(
      [...desired.policies].map(([key, { declaration }]) => [key, declaration.policy]),
    ),
  };
}
