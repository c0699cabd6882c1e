// From the entries that a host holds to those that it should hold, but for those that the scope lets go of (release-entries.ts).
import type { EntryChange } from '../change';
import type { DesiredState } from '../desired';
import { isDraining } from '../draining-notes';
import type { Live } from '../live';
import { onceFor } from '../once-for';
import { hasValue, isHeld, isInHeld, isManaged } from './own-entries';

/** What is missing or differs, and what stands in a container of ours and is not declared. */
export const diffEntries = onceFor((desired: DesiredState, live: Live): readonly EntryChange[] => {
  const changes: EntryChange[] = [];
  for (const { entry: after } of desired.entries.values()) {
    const before = live.entries.get(after.key);
    if (before === undefined) changes.push({ kind: 'entry', after });
    else if (!hasValue(before, after.value)) changes.push({ kind: 'entry', before, after });
  }
  return [
    ...changes,
    ...unexpectedChildren(desired, live).map((before): EntryChange => ({ kind: 'entry', before })),
  ];
});

/** Undeclared, in a container that stays. */
function unexpectedChildren(desired: DesiredState, live: Live) {
  if (desired.entries.size === 0) return [];
  return [...live.entries.values()].filter(
    (entry) =>
      entry.container !== undefined &&
      desired.entries.has(entry.container) &&
      !desired.entries.has(entry.key) &&
      isInHeld(entry, desired.scope, live) &&
      // One that is recorded by itself is released, since something may have been there before.
      !isHeld(entry.key, desired.scope, live) &&
      isManaged(entry) &&
      !isDraining(entry.key, live),
  );
}
