// The plan of sets and members: what is added or removed touches only that; a set that changes much or otherwise is swapped for a new one. Used by ipset.ts.
import type { EntryChange } from '../change';
import type { Step } from '../plan';
import type { PlannedSteps, Planning } from '../subsystem';
import { isList } from './set-entries';
import type { Content } from './set-text';
import {
  changed,
  deleted,
  destroyed,
  made,
  rebuilt,
  remade,
  temporaryName,
  temporaryPrefix,
} from './set-text';
import { setUsers } from './set-users';
import type { SetWork } from './set-work';
import { isOtherKind, toWork } from './set-work';
import { renamedIn, withListsOf } from './switched-lists';
import { switchNames } from './switched-rules';
import { toText } from '../to-text';

/** Lines for `ipset restore`, and those that take them back whether they ran or not. */
interface Text {
  readonly forward: readonly string[];
  readonly inverse: readonly string[];
}

/** What one set needs before the rules change, while they name another, and afterwards. */
interface Draft {
  readonly first?: Text;
  readonly between?: Text;
  readonly last?: Text;
}

interface Names {
  readonly temporary: (set: string) => string;
  /** Sets that are made anew as another type while rules of ours name another one in their place. */
  readonly switched: ReadonlyMap<string, string>;
}

/** Sets before the lists that hold them, and lists before sets when they go. */
export function planSets(changes: readonly EntryChange[], planning: Planning): PlannedSteps {
  const { desired, live, chains } = planning;
  const scope = desired.scope.name;
  const temporary = (set: string): string =>
    temporaryName(scope, set, (name) => live.entries.has(`set ${name}`));
  const work = toWork(changes, planning);
  const users = setUsers(desired.scope, live);
  const switched = new Map(
    work
      .filter(({ name, before, after }) => {
        const isOther = before !== undefined && after !== undefined && isOtherKind(before.set, after.set);
        return isOther && users.some(({ set }) => set === name);
      })
      .map(({ name }) => [name, temporary(name)]),
  );
  const ordered = inBuildOrder(withListsOf(switched, work, planning));
  const drafts = ordered.map((each) => draftOf(each, { temporary, switched }));
  const leftovers = [
    ...drafts,
    ...leftOver(planning, new Set(users.filter(({ isOwn }) => !isOwn).map(({ set }) => set))),
  ];
  const gone = new Set(changes.flatMap(({ before, after }) => (after === undefined ? [before?.key] : [])));
  // A set goes with its members, when no rule names it any more.
  const isGoing = ({ before, after }: EntryChange): boolean =>
    after === undefined && (before?.kind === 'set' || gone.has(before?.container ?? ''));
  const first = stepOf(
    drafts,
    'first',
    changes.filter((change) => !isGoing(change)),
  );
  const last = stepOf([...leftovers].reverse(), 'last', changes.filter(isGoing));
  const between = stepOf(drafts, 'between', []);
  return switched.size === 0
    ? { first, last }
    : {
        first,
        last,
        around: { ...switchNames(switched, { scope: desired.scope, live, chains }), steps: between },
      };
}

function inBuildOrder(work: readonly SetWork[]): SetWork[] {
  const isOfLists = ({ before, after }: SetWork): boolean => {
    const set = (after ?? before)?.set;
    return set !== undefined && isList(set);
  };
  return [...work.filter((each) => !isOfLists(each)), ...work.filter(isOfLists)];
}

function draftOf(work: SetWork, names: Names): Draft {
  const { name, before, after } = work;
  if (before === undefined) return after === undefined ? {} : draftOfNew(name, after, names);
  if (after === undefined) return draftOfGone(name, before, names);
  if (!work.isOurs) return { first: membersOnly(work) };
  if (names.switched.has(name)) return draftOfSwitched(name, { before, after }, names);
  if (isOtherKind(before.set, after.set)) {
    return { first: { forward: remade(after), inverse: remade(before) } };
  }
  const through = renamedIn(after, names.switched);
  const temporary = names.temporary(name);
  if (through !== undefined) {
    return {
      first: { forward: rebuilt(through, temporary), inverse: rebuilt(before, temporary) },
      between: { forward: rebuilt(after, temporary), inverse: rebuilt(through, temporary) },
    };
  }
  if (isToBeRebuilt(work, before, after)) {
    return { first: { forward: rebuilt(after, temporary), inverse: rebuilt(before, temporary) } };
  }
  return { first: membersOnly(work) };
}

function draftOfNew(name: string, after: Content, { temporary, switched }: Names): Draft {
  const through = renamedIn(after, switched);
  const first = { forward: made(through ?? after), inverse: [destroyed(name)] };
  if (through === undefined) return { first };
  const between = {
    forward: rebuilt(after, temporary(name)),
    inverse: rebuilt(through, temporary(name)),
  };
  return { first, between };
}

function draftOfGone(name: string, before: Content, { temporary, switched }: Names): Draft {
  const through = renamedIn(before, switched);
  if (through === undefined) return { last: { forward: [destroyed(name)], inverse: made(before) } };
  return {
    first: { forward: rebuilt(through, temporary(name)), inverse: rebuilt(before, temporary(name)) },
    last: { forward: [destroyed(name)], inverse: made(through) },
  };
}

/** Neither `swap` nor `rename` nor `destroy` takes a set of another type that rules name: they name another meanwhile. */
function draftOfSwitched(
  name: string,
  { before, after }: { readonly before: Content; readonly after: Content },
  { switched }: Names,
): Draft {
  const other = switched.get(name) ?? name;
  return {
    first: { forward: [destroyed(other), ...made(after, other)], inverse: [destroyed(other)] },
    between: { forward: remade(after), inverse: remade(before) },
    last: { forward: [destroyed(other)], inverse: made(after, other) },
  };
}

/** What is added comes before what goes, so that the set is never emptier than it has to be. */
function membersOnly({ changes }: SetWork): Text {
  const added = changes.flatMap(({ after }) => (after === undefined ? [] : [changed(after)]));
  const gone = changes.flatMap(({ before, after }) =>
    before === undefined || after !== undefined ? [] : [deleted(before)],
  );
  return {
    forward: [...added, ...gone],
    inverse: [
      ...changes.flatMap(({ before }) => (before === undefined ? [] : [changed(before)])),
      ...changes.flatMap(({ before, after }) =>
        after === undefined || before !== undefined ? [] : [deleted(after)],
      ),
    ],
  };
}

/** Other options, another order, more than half of the members, or no room for the new beside the old. */
function isToBeRebuilt({ changes }: SetWork, before: Content, after: Content): boolean {
  if (before.set.value !== after.set.value || (isList(after.set) && changes.length > 0)) return true;
  const added = changes.filter((change) => change.before === undefined).length;
  const most = Number(/ maxelem (\d+)/.exec(after.set.value)?.[1] ?? DEFAULT_MAXELEM);
  return (
    2 * changes.length > Math.max(before.members.length, after.members.length) ||
    before.members.length + added > most
  );
}

const DEFAULT_MAXELEM = 65536;

/** Temporary sets of this scope that a transaction left behind when its host went down. */
function leftOver({ desired, live }: Planning, usedByOthers: ReadonlySet<string>): Draft[] {
  const prefix = `set ${temporaryPrefix(desired.scope.name)}`;
  return [...live.entries.values()]
    .filter(({ key }) => key.startsWith(prefix) && !usedByOthers.has(key.slice('set '.length)))
    .map((set) => {
      const members = [...live.entries.values()].filter(({ container }) => container === set.key);
      return {
        last: { forward: [destroyed(set.key.slice('set '.length))], inverse: made({ set, members }) },
      };
    });
}

function stepOf(drafts: readonly Draft[], stage: keyof Draft, changes: readonly EntryChange[]): Step[] {
  const texts = drafts.flatMap((draft) => draft[stage] ?? []);
  if (texts.length === 0) return [];
  return [
    {
      name: 'ipset restore',
      kind: 'ipset',
      forward: toText(texts.flatMap(({ forward }) => forward)),
      inverse: toText([...texts].reverse().flatMap(({ inverse }) => inverse)),
      changes,
    },
  ];
}
