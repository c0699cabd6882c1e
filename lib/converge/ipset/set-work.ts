// Changes of sets and members put together by set: what each holds now and what it shall hold. Used by plan-sets.ts.
import type { Entry } from '../../model/entry';
import { setKey } from '../../syntax/ipset/ipset';
import type { EntryChange } from '../change';
import { isHeld } from '../entries/own-entries';
import type { LiveEntry } from '../live';
import type { Planning } from '../subsystem';
import { isInet6, isList, setOf, typeOf } from './set-entries';
import type { Content } from './set-text';

/** What happens to one set. */
export interface SetWork {
  readonly name: string;
  /** Absent where the host does not have the set. */
  readonly before?: Content;
  /** Absent where it is removed. */
  readonly after?: Content;
  /** Of its members. */
  readonly changes: readonly EntryChange[];
  /** False for a set that others made: then only our own members in it are touched. */
  readonly isOurs: boolean;
}

/** One for each set of which something changes. */
export function toWork(changes: readonly EntryChange[], planning: Planning): SetWork[] {
  const bySet = new Map<string, EntryChange[]>();
  for (const change of changes) {
    const entry = change.after ?? change.before;
    if (entry === undefined) continue;
    const those = bySet.get(setOf(entry));
    if (those === undefined) bySet.set(setOf(entry), [change]);
    else those.push(change);
  }
  const members = liveMembers(new Set(bySet.keys()), planning);
  return [...bySet].map(([name, those]) =>
    setWork({ name, those, members: members.get(name) ?? [] }, planning),
  );
}

function setWork(
  { name, those, members }: { name: string; those: readonly EntryChange[]; members: readonly LiveEntry[] },
  { desired, live }: Planning,
): SetWork {
  const ofSet = those.find(({ before, after }) => (after ?? before)?.kind === 'set');
  const there = live.entries.get(setKey(name));
  const set = ofSet === undefined ? there : ofSet.after;
  const changes = those.filter((change) => change !== ofSet);
  const fits = (member: LiveEntry): Entry =>
    set === undefined ? member : (desired.entries.get(member.key)?.entry ?? fitted(member, set));
  return {
    name,
    ...(there === undefined ? {} : { before: { set: there, members } }),
    ...(set === undefined
      ? {}
      : { after: { set, members: membersAfter(members, changes, { there, set, desired }).map(fits) } }),
    changes,
    isOurs: desired.entries.has(setKey(name)) || isHeld(setKey(name), desired.scope, live),
  };
}

function membersAfter(
  members: readonly LiveEntry[],
  changes: readonly EntryChange[],
  {
    there,
    set,
    desired,
  }: Pick<Planning, 'desired'> & { readonly there: Entry | undefined; readonly set: Entry },
): Entry[] {
  const left = new Map<string, LiveEntry>(members.map((member) => [member.key, member]));
  for (const { before } of changes) if (before !== undefined) left.delete(before.key);
  const kept = [...left.values()].filter(
    ({ key, isDynamic }) =>
      // One that is declared without a word of its time counts down too.
      desired.entries.has(key) || isDynamic !== true || there === undefined || canHoldDynamic(there, set),
  );
  const changed = new Set(changes.flatMap(({ after }) => after?.key ?? []));
  return [...kept.filter(({ key }) => !changed.has(key)), ...changes.flatMap(({ after }) => after ?? [])];
}

/**
 * What came from a set with timeouts says one where the new set takes none. What came from a set without them stays for
 * good: the new set's own timeout is not for what nobody declares.
 */
function fitted(member: LiveEntry, set: Entry): Entry {
  if (isList(set)) return member;
  const [unsaid] = member.alike ?? [];
  if (!/ timeout /.test(set.value)) return unsaid === undefined ? member : { ...member, ...unsaid };
  return /^timeout /.test(member.value) ? member : { ...member, line: `${member.line} timeout 0` };
}

/** What rules or programs put there has a place only in a set of the same shape, whose members may time out. */
function canHoldDynamic(before: Entry, after: Entry): boolean {
  const shape = (set: Entry): string =>
    set.value.replace(/ (maxelem|timeout) \d+| (counters|forceadd)\b/g, '');
  return shape(before) === shape(after) && / timeout /.test(after.value);
}

function liveMembers(names: ReadonlySet<string>, { live }: Planning): Map<string, LiveEntry[]> {
  const members = new Map<string, LiveEntry[]>();
  for (const entry of live.entries.values()) {
    if (entry.kind !== 'member' || !names.has(setOf(entry))) continue;
    const those = members.get(setOf(entry));
    if (those === undefined) members.set(setOf(entry), [entry]);
    else those.push(entry);
  }
  return members;
}

/** `swap` refuses two sets of different type or family. */
export function isOtherKind(before: Entry, after: Entry): boolean {
  return typeOf(before) !== typeOf(after) || isInet6(before) !== isInet6(after);
}
