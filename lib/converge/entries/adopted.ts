// What stands on a host, is not of the scope, and is taken over since `adopt` names it: its present form is kept and comes back. Used by check, release and plan.
import type { AdoptLine } from '../adopt';
import type { DesiredState } from '../desired';
import type { HostTarget, Note } from '../engine';
import type { Live, LiveEntry } from '../live';
import { childrenOf, hasValue, isManaged, isOwnEntry } from './own-entries';

/** Named by a line that says what it is, or with the container that it lives in. */
export function isNamedByAdopt(there: LiveEntry, { adopt }: DesiredState): boolean {
  const line = adopt?.get(there.key)?.entry;
  if (line !== undefined) return hasValue(there, line.value);
  return there.container !== undefined && adopt?.has(there.container) === true;
}

/** In containers that are taken over now: what nobody declares there stays as it was found. */
export function keptAsFound(desired: DesiredState, live: Live): LiveEntry[] {
  if (desired.adopt === undefined) return [];
  return [...desired.entries.keys()].flatMap((key) => {
    const container = live.entries.get(key);
    if (container === undefined || isOwnEntry(container, desired.scope, live)) return [];
    return childrenOf(key, live).filter(
      (child) => isManaged(child) && !desired.entries.has(child.key) && isNamedByAdopt(child, desired),
    );
  });
}

/** For a plan: what is about to be changed that was there before, and lines that find nothing. */
export function adoptNotes(desired: DesiredState, live: Live, { name }: HostTarget): Note[] {
  const lines = [...(desired.adopt ?? [])];
  const taken = lines.flatMap(([key]) => {
    const there = live.entries.get(key);
    const wanted = desired.entries.get(key)?.entry;
    if (there === undefined || wanted === undefined || hasValue(there, wanted.value)) return [];
    return isOwnEntry(there, desired.scope, live) ? [] : [`${there.line}\n  becomes ${wanted.line}`];
  });
  const absent = lines
    .filter(([key]) => !live.entries.has(key) && !live.chains.has(key))
    .map(([, line]) => line);
  return [
    ...(taken.length === 0 ? [] : [takenOverNow(name, taken)]),
    ...absent.map((line) => findsNothing(name, line)),
  ];
}

const MOST_LINES = 10;

function takenOverNow(name: string, taken: readonly string[]): Note {
  const more = taken.length - MOST_LINES;
  return {
    summary: `${name}: what is there already is adopted and changed`,
    detail: [
      ...taken.slice(0, MOST_LINES),
      ...(more > 0 ? [`and ${more} more`] : []),
      'A destroy, or leaving the line out of its part, sets it back.',
    ].join('\n'),
    attribute: 'adopt',
  };
}

/** No error: nothing can be lost by it, and a host that was set up anew lacks what the old one had. */
function findsNothing(name: string, { at, text }: AdoptLine): Note {
  return {
    summary: `${name}: a line of adopt finds nothing`,
    detail: `${at}: ${text}\nIt is made as declared, and goes with a destroy. If it is not expected to be there, leave the line out.`,
    attribute: 'adopt',
  };
}
