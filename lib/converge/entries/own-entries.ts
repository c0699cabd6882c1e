// Which of a host's entries belong to a scope: those that it holds by the manifest, and all that lives in them.
import type { Entry } from '../../model/entry';
import type { Scope } from '../../model/scope';
import { isDrainedBy, isDraining } from '../draining-notes';
import type { Live, LiveEntry } from '../live';
import type { FoundValue, Manifest } from '../manifest';
import { onceFor } from '../once-for';

/** The scope declared it at its last apply, and holds it alone or with others. */
export function isHeld(key: string, scope: Scope, { manifest }: Live): boolean {
  return foundIn(manifest).get(key)?.holders.includes(scope.name) === true;
}

/** As a map: of very many entries most are not there, and to ask an object for a text that it lacks is dear. */
const foundIn = onceFor(
  ({ found }: Manifest): ReadonlyMap<string, FoundValue> => new Map(Object.entries(found)),
);

/** Held, or in a container that is, or left behind by the scope. */
export function isOwnEntry(entry: Entry, scope: Scope, live: Live): boolean {
  return (
    isHeld(entry.key, scope, live) || isInHeld(entry, scope, live) || isDrainedBy(scope, entry.key, live)
  );
}

/** In a set, virtual server or link of the scope's: what is in there is the scope's, but for what the manifest says of others. */
export function isInHeld({ key, container }: Entry, scope: Scope, live: Live): boolean {
  return container !== undefined && isHeld(container, scope, live) && !isOthers(key, scope, live);
}

/** Held by other scopes, or by nobody: then it was there before the scope that adopted its container. */
export function isOthers(key: string, scope: Scope, { manifest }: Live): boolean {
  return foundIn(manifest).get(key)?.holders.includes(scope.name) === false;
}

/** The scope's entries that the host has, in the order of the host; what comes and goes of itself is nobody's. */
export function ownEntries(scope: Scope, live: Live): readonly LiveEntry[] {
  const known = lastOwn.get(live);
  if (known?.scope === scope.name) return known.entries;
  const entries = [...live.entries.values()].filter(
    (entry) => isManaged(entry) && !isDraining(entry.key, live) && isOwnEntry(entry, scope, live),
  );
  lastOwn.set(live, { scope: scope.name, entries });
  return entries;
}

const lastOwn = new WeakMap<Live, { readonly scope: string; readonly entries: readonly LiveEntry[] }>();

/** False for what the kernel or a program keeps by itself in something of ours: it is neither drift nor ever removed. */
export function isManaged(entry: LiveEntry): boolean {
  return entry.isDynamic !== true;
}

/** The host holds this value under the key, if perhaps with more words than the line that declares it. */
export function hasValue(entry: LiveEntry | undefined, value: string): boolean {
  return isWorded(entry, 'value', value);
}

/** The same of the whole line. */
export function hasLine(entry: LiveEntry | undefined, line: string | undefined): boolean {
  return isWorded(entry, 'line', line);
}

function isWorded(entry: LiveEntry | undefined, by: 'value' | 'line', text: string | undefined): boolean {
  if (entry === undefined) return false;
  return entry[by] === text || entry.alike?.some((wording) => wording[by] === text) === true;
}

/** What lives in it. */
export function childrenOf(key: string, live: Live): readonly LiveEntry[] {
  return byContainer(live.entries).get(key) ?? [];
}

/** Made once for each reading: a host may have very many containers, and very many members in one. */
const byContainer = onceFor((entries: Live['entries']): ReadonlyMap<string, readonly LiveEntry[]> => {
  const children = new Map<string, LiveEntry[]>();
  for (const entry of entries.values()) {
    if (entry.container === undefined) continue;
    const siblings = children.get(entry.container);
    if (siblings === undefined) children.set(entry.container, [entry]);
    else siblings.push(entry);
  }
  return children;
});
