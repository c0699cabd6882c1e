// Declared addresses and routes that would be lost with what goes: a link, its state, or an address that is left out. Used by problems.ts.
import { printSource } from '../../model/declaration';
import type { Entry } from '../../model/entry';
import type { Problem } from '../../model/errors';
import { linkKey } from '../../syntax/ip/link';
import type { DesiredState } from '../desired';
import { diffEntries } from '../entries/diff-entries';
import type { DesiredEntry } from '../entries/desired-entries';
import type { Live } from '../live';
import { holdAndRelease } from '../release';
import { declarationOf } from './lines';
import { devicesOf } from './devices';

/** The kernel takes these along without a word, and would refuse them if they were made anew. */
export function leaningProblems(desired: DesiredState, live: Live): Problem[] {
  const going = goingOf(desired, live);
  if (going.length === 0) return [];
  const keys = new Set(going.map(({ key }) => key));
  return [...desired.entries.values()].flatMap((wanted) => {
    const support = supportOf(wanted, { keys, going, desired, live });
    return support === undefined ? [] : [leaning(wanted, support)];
  });
}

interface Ground {
  readonly going: readonly Entry[];
  readonly keys: ReadonlySet<string>;
  readonly desired: DesiredState;
  readonly live: Live;
}

/** What a transaction would remove of links, their states, and addresses. */
function goingOf(desired: DesiredState, live: Live): Entry[] {
  const changes = [...diffEntries(desired, live), ...holdAndRelease(desired, live).released];
  return changes.flatMap((change) =>
    change.kind === 'entry' &&
    change.after === undefined &&
    change.before !== undefined &&
    ['link', 'link-state', 'address'].includes(change.before.kind)
      ? [change.before]
      : [],
  );
}

/** What the entry stands on and what goes, in words. */
function supportOf({ entry, declaration }: DesiredEntry, ground: Ground): string | undefined {
  if (entry.kind !== 'link-state' && entry.kind !== 'address' && entry.kind !== 'route') return undefined;
  // The device that the kernel chose is in what is live.
  const devices = devicesOf(ground.live.entries.get(entry.key) ?? entry);
  const gone = devices.find((device) => ground.keys.has(linkKey(device)));
  if (gone !== undefined) return `device ${gone} is`;
  const down = devices.find((device) => ground.keys.has(`link-state ${device}`));
  if (entry.kind === 'route' && down !== undefined) return `device ${down} is up`;
  return declaration.kind === 'route' && isLosing(declaration.source, ground)
    ? `address ${declaration.source ?? ''} is`
    : undefined;
}

/** It goes, and stands nowhere else. */
function isLosing(address: string | undefined, { going, keys, desired, live }: Ground): boolean {
  const isIt = (entry: Entry): boolean => {
    if (address === undefined || entry.kind !== 'address') return false;
    const declaration = declarationOf(entry);
    return declaration.kind === 'address' && declaration.address === address;
  };
  if (!going.some(isIt)) return false;
  const wanted = [...desired.entries.values()].map(({ entry }) => entry);
  return ![...wanted, ...[...live.entries.values()].filter(({ key }) => !keys.has(key))].some(isIt);
}

function leaning({ entry, sources: [source] }: DesiredEntry, support: string): Problem {
  return {
    code: 'left-without',
    what: `${support} there only because of a line that is now left out, and ${entry.key} stands on it`,
    at: printSource(source),
    given: source.text.trim(),
    fix: 'leave this line out too, or keep the other',
    part: source.part,
  };
}
