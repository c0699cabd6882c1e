// Lets real servers of IPVS end their connections: takes their weight, waits, removes them. Used by apply and destroy, around their transaction.
import { isEntryDeclaration } from '../model/declaration';
import type { Entry } from '../model/entry';
import { toEntry } from '../syntax/entry';
import { parsePart } from '../syntax/parts';
import { amendHost } from './amend-host';
import { awaitDrained, printCounts } from './await-drained';
import type { EntryChange } from './change';
import { drainingNotes, quietly, withoutWeight } from './draining';
import { drainingBut, isDraining, withDraining } from './draining-notes';
import type { HostTarget, Note } from './engine';
import { ApplyFailed, Refused } from './errors';
import type { Draining, Manifest } from './manifest';
import type { Known, LiveReading } from './read-live';
import type { OpenHost } from './transact-host';
import { unlessInterrupted } from './unless-interrupted';

const NEVER = new AbortController().signal;

/** Whose real servers, and what is known of them. */
export interface Drain {
  readonly known: Known;
  readonly signal: AbortSignal;
}

/**
 * Lets those that `choose` names end their connections first, while all else on the host stays as it is; then runs what
 * they make way for, which gets those that lost their weight here, as they were. Where that fails they get it back.
 */
export async function drainingFirst<T>(
  openHost: OpenHost,
  target: HostTarget,
  drain: Drain & {
    readonly choose: (reading: LiveReading) => readonly Entry[];
    readonly run: (drained: readonly Entry[]) => Promise<T>;
  },
): Promise<T> {
  if (target.drainTimeoutSeconds === 0) return drain.run([]);
  const drained = await drainFirst(openHost, target, drain);
  try {
    return await drain.run(drained);
  } catch (error) {
    await giveBack(openHost, target, { ...drain, drained, error });
    throw error;
  }
}

/** Throws what `choose` throws, and `Refused` (interrupted) with the weights given back. */
async function drainFirst(
  openHost: OpenHost,
  target: HostTarget,
  drain: Drain & { readonly choose: (reading: LiveReading) => readonly Entry[] },
): Promise<readonly Entry[]> {
  const { signal, choose } = drain;
  const now = new Date();
  const seconds = target.drainTimeoutSeconds;
  let keys: readonly string[] = [];
  let drained: readonly Entry[] = [];
  const host = await unlessInterrupted(openHost, { host: target.name, signal });
  await amendHost(host, target, {
    ...drain,
    decide: (reading) => {
      const { live } = reading;
      const chosen = choose(reading);
      keys = chosen.map(({ key }) => key);
      drained = chosen.filter(({ key }) => !isDraining(key, live));
      if (drained.length === 0) return undefined;
      const notes = drainingNotes(drained, { scope: target.scope, now, seconds });
      return {
        changes: drained.flatMap(quietly),
        manifest: withDraining(live.manifest, { ...live.manifest.draining, ...notes }),
      };
    },
  });
  const until = now.getTime() + seconds * 1000;
  const left = await awaitDrained(openHost, target, { keys, until, signal });
  if (!signal.aborted) return drained;
  const error = new Refused(
    'interrupted',
    `${target.name}: interrupted while ${left.size} real servers had connections`,
    'apply again',
  );
  await giveBack(openHost, target, { ...drain, drained, error });
  throw error;
}

/** Throws only where it fails, with the error that made it necessary. */
async function giveBack(
  openHost: OpenHost,
  target: HostTarget,
  { known, drained, error }: Drain & { readonly drained: readonly Entry[]; readonly error: unknown },
): Promise<void> {
  if (drained.length === 0) return;
  const keys = new Set(drained.map(({ key }) => key));
  try {
    await amendHost(await openHost(), target, {
      known,
      signal: NEVER,
      decide: ({ live }) => ({
        changes: drained.flatMap((after): EntryChange[] => {
          const before = live.entries.get(after.key);
          return before === undefined || before.value === after.value
            ? []
            : [{ kind: 'entry', before, after }];
        }),
        manifest: withDraining(live.manifest, drainingBut(keys, live)),
      }),
    });
  } catch (again) {
    const [first, then] = [error, again].map((each) => (each instanceof Error ? each.message : String(each)));
    const message = `${first}\nThe weights of real servers that were to drain first could not be given back: ${then}`;
    throw new ApplyFailed(message, false, { cause: error });
  }
}

/**
 * Waits for what the scope left behind, and removes it. Never throws: what an apply was to make is made, so what is left is
 * told in notes, and the next apply or destroy goes on.
 */
export async function finishDraining(
  openHost: OpenHost,
  target: HostTarget,
  { known, signal, manifest }: Drain & { readonly manifest: Manifest | undefined },
): Promise<readonly Note[]> {
  const notes = ownNotes(target, manifest);
  const keys = Object.keys(notes);
  if (keys.length === 0) return [];
  try {
    const until = Math.min(
      Date.now() + target.drainTimeoutSeconds * 1000,
      Math.max(...Object.values(notes).map((note) => Date.parse(note.until))),
    );
    const left = await awaitDrained(openHost, target, { keys, until, signal });
    const gone = signal.aborted ? keys.filter((key) => !left.has(key)) : keys;
    await remove(openHost, target, { known, keys: gone });
    return signal.aborted && left.size > 0 ? [stillDraining(target, left)] : cutOff(target, left);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [{ ...stillDraining(target, new Map(keys.map((key) => [key, NaN]))), detail: `${why}\n${NEXT}` }];
  }
}

async function remove(
  openHost: OpenHost,
  target: HostTarget,
  { known, keys }: { readonly known: Known; readonly keys: readonly string[] },
): Promise<void> {
  await amendHost(await openHost(), target, {
    known,
    signal: NEVER,
    decide: ({ live }) => {
      const notes = ownNotes(target, live.manifest);
      const doomed = keys.flatMap((key): EntryChange[] => {
        const before = live.entries.get(key);
        const note = notes[key];
        return before !== undefined && note !== undefined && isAsLeft(before, note)
          ? [{ kind: 'entry', before }]
          : [];
      });
      return { changes: doomed, manifest: withDraining(live.manifest, drainingBut(new Set(keys), live)) };
    },
  });
}

/** Somebody who gave it weight since wants it. */
function isAsLeft(entry: Entry, { line }: Draining): boolean {
  const [declared] = parsePart('draining', line).lines.flatMap(({ declared: all }) => all);
  if (declared === undefined || !isEntryDeclaration(declared)) return false;
  return withoutWeight(toEntry(declared)).value === entry.value;
}

function ownNotes({ scope }: HostTarget, manifest: Manifest | undefined): Readonly<Record<string, Draining>> {
  const all = Object.entries(manifest?.draining ?? {});
  return Object.fromEntries(all.filter(([, note]) => note.scope === scope.name));
}

const NEXT = 'They have weight 0, and are removed by the next apply or destroy.';

function stillDraining({ name }: HostTarget, left: ReadonlyMap<string, number>): Note {
  return {
    summary: `${name}: ${left.size} real servers still drain`,
    detail: `${printCounts(left)}\n${NEXT}`,
  };
}

function cutOff({ name, drainTimeoutSeconds }: HostTarget, left: ReadonlyMap<string, number>): Note[] {
  if (left.size === 0) return [];
  return [
    {
      summary: `${name}: ${left.size} real servers were removed with connections`,
      detail: `${printCounts(left)}\nThey had ${drainTimeoutSeconds} s to end (drain_timeout_seconds).`,
      attribute: 'drain_timeout_seconds',
    },
  ];
}
