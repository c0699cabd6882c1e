// Entries that a scope holds: what was found before them, and what comes back when the last scope lets go. Used by release.ts.
import { isEntryDeclaration } from '../../model/declaration';
import type { Entry } from '../../model/entry';
import { parseParts } from '../../syntax/parts';
import { toEntry } from '../../syntax/entry';
import type { EntryChange } from '../change';
import type { DesiredState } from '../desired';
import { isDrainedBy } from '../draining-notes';
import type { Live, LiveEntry } from '../live';
import type { FoundValue } from '../manifest';
import { childrenOf, hasLine, hasValue } from './own-entries';

/**
 * Key -> the line that stood there before the scope declared its own, if any. What lives in a container that is made by us
 * needs no record of its own; in one that was there before, it does.
 */
export function wantedEntries(desired: DesiredState, live: Live): Map<string, string | undefined> {
  const wanted = new Map<string, string | undefined>();
  for (const { entry } of desired.entries.values()) {
    if (isMadeByUs(entry.container, desired, live)) continue;
    const isLeftBehind = isDrainedBy(desired.scope, entry.key, live);
    wanted.set(entry.key, isLeftBehind ? undefined : live.entries.get(entry.key)?.line);
  }
  return wanted;
}

function isMadeByUs(container: string | undefined, desired: DesiredState, live: Live): boolean {
  if (container === undefined || !desired.entries.has(container)) return false;
  const found = live.manifest.found[container];
  return found === undefined ? !live.entries.has(container) : found.value === undefined;
}

/** The changes that bring back what was found under this key, if what is live is still the scope's. */
export function bringBackEntry(
  key: string,
  { value }: FoundValue,
  { scope, live }: { scope: string; live: Live },
): EntryChange[] {
  const before = live.entries.get(key);
  if (before === undefined) return [];
  const declared = live.manifest.scopes[scope]?.entries[key];
  const isAsDeclared = hasLine(before, declared) || means(before, declared);
  if (value === undefined) {
    if (!isAsDeclared && !isNamed(before)) return [];
    return [...childrenOf(key, live), before].map((gone) => ({ kind: 'entry', before: gone }));
  }
  const after = entryOfLine(value);
  return isAsDeclared && after !== undefined && !hasValue(before, after.value)
    ? [{ kind: 'entry', before, after }]
    : [];
}

/** A line may say what is not compared, such as a set's hashsize. */
function means(entry: LiveEntry, line: string | undefined): boolean {
  const declared = line === undefined ? undefined : entryOfLine(line);
  return declared !== undefined && hasValue(entry, declared.value);
}

/** In a container that stays, what was found there before it was adopted is remembered, though nobody declares it now. */
export function staysAsFound(
  { value }: FoundValue,
  { scope: { name }, entries }: DesiredState,
  { manifest }: Live,
): boolean {
  const container = value === undefined ? undefined : entryOfLine(value)?.container;
  if (container === undefined) return false;
  const others = manifest.found[container]?.holders.filter((holder) => holder !== name) ?? [];
  return entries.has(container) || others.length > 0;
}

/** Objects that are ours by name, whatever became of their options; others may be somebody else's by now. */
function isNamed({ kind }: Entry): boolean {
  return (
    kind === 'link' ||
    kind === 'set' ||
    kind === 'virtual-server' ||
    kind === 'real-server' ||
    kind === 'member'
  );
}

function entryOfLine(line: string): Entry | undefined {
  const [declared] = parseParts({ line }).declared;
  if (declared === undefined) return undefined;
  const { declaration } = declared;
  return isEntryDeclaration(declaration) ? toEntry(declaration) : undefined;
}
