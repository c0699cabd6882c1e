// Real servers that go, but not before their connections: which they are, and the changes that take their weight. Used by apply and destroy.
import type { Entry } from '../model/entry';
import type { Scope } from '../model/scope';
import type { Change, EntryChange } from './change';
import { changeName } from './change';
import type { DesiredState } from './desired';
import type { HostTarget } from './engine';
import { diffEntries } from './entries/diff-entries';
import type { Live } from './live';
import { drainingOf } from './draining-notes';
import type { Draining } from './manifest';
import { holdAndRelease } from './release';

/** Real servers that go together with their virtual server: nothing takes new connections in their place. */
export function goingWithServer(desired: DesiredState, live: Live): Entry[] {
  const { keys, real } = removedServers(desired, live);
  return real.filter(({ container = '' }) => keys.has(container));
}

/** Real servers that go from a virtual server which stays. */
export function goingAlone(desired: DesiredState, live: Live): Entry[] {
  const { keys, real } = removedServers(desired, live);
  return real.filter(({ container = '' }) => !keys.has(container));
}

function removedServers(
  desired: DesiredState,
  live: Live,
): { readonly keys: ReadonlySet<string>; readonly real: readonly Entry[] } {
  const changes = [...diffEntries(desired, live), ...holdAndRelease(desired, live).released];
  const removed = changes.flatMap((change) =>
    change.kind === 'entry' && change.before !== undefined && change.after === undefined
      ? [change.before]
      : [],
  );
  const left = desired.entries.size === 0 ? leftBehind(desired, live) : [];
  const all = new Map([...left, ...removed].map((entry) => [entry.key, entry]));
  return { keys: new Set(all.keys()), real: [...all.values()].filter(({ kind }) => kind === 'real-server') };
}

/** Where a scope goes, what it left behind in virtual servers of others goes too. */
export function removedAtLast(desired: DesiredState, live: Live): EntryChange[] {
  const { released } = holdAndRelease(desired, live);
  const gone = new Set(released.map(changeName));
  return leftBehind(desired, live)
    .filter(({ key }) => !gone.has(key))
    .map((before) => ({ kind: 'entry', before }));
}

/** Real servers that the scope left behind, that nobody declares now, and that the host still has. */
function leftBehind({ scope, entries }: DesiredState, live: Live): Entry[] {
  return Object.entries(drainingOf(live)).flatMap(([key, { scope: name }]) => {
    const entry = live.entries.get(key);
    return name === scope.name && entry !== undefined && !entries.has(key) ? [entry] : [];
  });
}

/** New connections go elsewhere; those that it has live on. */
export function withoutWeight(entry: Entry): Entry {
  const quiet = (words: string): string => words.replace(/ -w \d+/, ' -w 0');
  return { ...entry, value: quiet(entry.value), line: quiet(entry.line) };
}

/** The change that takes the weight, if there is one to take. */
export function quietly(entry: Entry): EntryChange[] {
  const after = withoutWeight(entry);
  return after.value === entry.value ? [] : [{ kind: 'entry', before: entry, after }];
}

/** A change that would remove one of these takes its weight instead. */
export function quietInstead(changes: readonly Change[], entries: readonly Entry[]): readonly Change[] {
  const keys = new Set(entries.map(({ key }) => key));
  return changes.flatMap((change): Change[] => {
    if (change.kind !== 'entry') return [change];
    const { before, after } = change;
    return before !== undefined && after === undefined && keys.has(before.key) ? quietly(before) : [change];
  });
}

/** What the manifest says after the transaction: those of before that are still there and undeclared, and those that begin. */
export function stillDraining(
  { scope, drainTimeoutSeconds: seconds }: HostTarget,
  { desired, live, going }: { desired: DesiredState; live: Live; going: readonly Entry[] },
): Readonly<Record<string, Draining>> {
  const { keys } = removedServers(desired, live);
  const before = Object.entries(drainingOf(live)).filter(
    ([key, note]) =>
      live.entries.has(key) && (note.scope !== scope.name || !(desired.entries.has(key) || keys.has(key))),
  );
  return {
    ...drainingNotes(going, { scope, now: new Date(), seconds }),
    ...Object.fromEntries(before),
  };
}

/** For the manifest. */
export function drainingNotes(
  entries: readonly Entry[],
  { scope, now, seconds }: { readonly scope: Scope; readonly now: Date; readonly seconds: number },
): Readonly<Record<string, Draining>> {
  const since = now.toISOString();
  const until = new Date(now.getTime() + seconds * 1000).toISOString();
  return Object.fromEntries(
    entries.map(({ key, line }) => [key, { scope: scope.name, line, since, until }] as const),
  );
}
