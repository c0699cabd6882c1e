// What a refresh finds of entries: which lines are live as declared, what stands there instead, and what nobody declared. Used by refresh.ts.
import type { DesiredState } from '../desired';
import type { DesiredEntry } from './desired-entries';
import type { LineFindings } from '../line-findings';
import type { Live, LiveEntry } from '../live';
import { hasValue, ownEntries } from './own-entries';

/** A line is live where the host holds its entry with the same value; another value is shown as the line that says it. */
export function findEntries(desired: DesiredState, live: Live, findings: LineFindings): void {
  const isLive = ({ entry }: DesiredEntry): boolean => hasValue(live.entries.get(entry.key), entry.value);
  // A line may declare several: where one of them is not live, all are looked at.
  if ([...desired.entries.values()].every(isLive)) return;
  for (const { entry, sources } of desired.entries.values()) {
    const there = live.entries.get(entry.key);
    for (const source of sources) {
      findings.add(source, { isAsDeclared: hasValue(there, entry.value), print: () => there?.line });
    }
  }
}

/** The scope's, and not declared. */
export function unexpectedEntries(desired: DesiredState, live: Live): LiveEntry[] {
  return ownEntries(desired.scope, live).filter(({ key }) => !desired.entries.has(key));
}
