// What the host's manifest says of real servers of IPVS that go when their connections have ended. Used by what compares, plans and drains.
import type { Entry } from '../model/entry';
import type { Scope } from '../model/scope';
import type { Live } from './live';
import type { Draining, Manifest } from './manifest';

/** Somebody left it without weight, to be removed when its connections have ended: neither drift nor unexpected. */
export function isDraining(key: string, { manifest: { draining } }: Live): boolean {
  return draining?.[key] !== undefined;
}

/** What the scope left behind, and will remove. */
export function isDrainedBy({ name }: Scope, key: string, { manifest: { draining } }: Live): boolean {
  return draining?.[key]?.scope === name;
}

/** The manifest with these notes instead of those that it had. */
export function withDraining(
  { version, scopes, found }: Manifest,
  notes: Readonly<Record<string, Draining>>,
): Manifest {
  const rest = { version, scopes, found };
  return Object.keys(notes).length === 0 ? rest : { ...rest, draining: notes };
}

/** The notes of the host's manifest, but for these keys. */
export function drainingBut(
  keys: ReadonlySet<string>,
  { manifest }: Live,
): Readonly<Record<string, Draining>> {
  const notes = Object.entries(manifest.draining ?? {});
  return Object.fromEntries(notes.filter(([key]) => !keys.has(key)));
}

/** The host as it was before these lost their weight. */
export function asBefore(live: Live, drained: readonly Entry[]): Live {
  if (drained.length === 0) return live;
  const entries = new Map(live.entries);
  for (const entry of drained) if (entries.has(entry.key)) entries.set(entry.key, entry);
  const notes = drainingBut(new Set(drained.map(({ key }) => key)), live);
  return { ...live, entries, manifest: withDraining(live.manifest, notes) };
}

/** By key. */
export function drainingOf({ manifest }: Live): Readonly<Record<string, Draining>> {
  return manifest.draining ?? {};
}
