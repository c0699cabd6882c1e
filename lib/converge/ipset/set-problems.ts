// What is wrong with declared sets, members and rules that name sets, on this host; told before anything is tried. Used by ipset.ts.
import type { Source } from '../../model/declaration';
import type { Entry } from '../../model/entry';
import { printSource } from '../../model/declaration';
import type { Problem } from '../../model/errors';
import { InvalidInput } from '../../model/errors';
import type { MemberDeclaration, SetDeclaration } from '../../model/ipset';
import { closest } from '../../syntax/closest';
import { setKey } from '../../syntax/ipset/ipset';
import { membersInSet } from '../../syntax/ipset/resolve-members';
import { parseParts } from '../../syntax/parts';
import type { EntryChange } from '../change';
import type { DesiredState } from '../desired';
import { isNamedByAdopt } from '../entries/adopted';
import type { DesiredEntry } from '../entries/desired-entries';
import { diffEntries } from '../entries/diff-entries';
import { childrenOf, isHeld, isOwnEntry } from '../entries/own-entries';
import { Refused } from '../errors';
import type { Live } from '../live';
import { holdAndRelease } from '../release';
import { isList, setOf } from './set-entries';
import { setsNamedBy } from './set-names';
import type { SetUser } from './set-users';
import { setUsers } from './set-users';
import { isOtherKind, toWork } from './set-work';

interface Ground {
  readonly desired: DesiredState;
  readonly live: Live;
  /** Sets that go with this plan. */
  readonly going: ReadonlySet<string>;
}

/** Throws `Refused` where a set would go that others use. */
export function setProblems(desired: DesiredState, live: Live): Problem[] {
  const going = new Set(goingSets(desired, live));
  const ofSets = [...desired.entries.values()].some(({ entry: { kind } }) => kind === 'set');
  // Nobody's use of a set matters where none goes or comes.
  const users = going.size === 0 && !ofSets ? [] : setUsers(desired.scope, live);
  const foreignUsers = users.filter(({ isOwn }) => !isOwn);
  checkGoing(going, foreignUsers);
  const ground = { desired, live, going };
  return [
    ...[...desired.entries.values()].flatMap((wanted) => entryProblems(wanted, foreignUsers, ground)),
    ...crowdedProblems(ground),
    ...[...desired.chains.values()].flatMap(({ rules }) =>
      rules.flatMap(({ text, sources: [source] }) =>
        setsNamedBy(text).flatMap((name) => unknownSet(name, source, ground)),
      ),
    ),
  ];
}

/** Made by us, and by no other scope, and not declared any more. */
function goingSets({ scope, entries }: DesiredState, live: Live): string[] {
  return [...live.entries.values()]
    .filter(({ kind, key }) => kind === 'set' && !entries.has(key) && isHeld(key, scope, live))
    .filter(({ key }) => {
      const found = live.manifest.found[key];
      return found?.value === undefined && found?.holders.length === 1;
    })
    .map(setOf);
}

function checkGoing(going: ReadonlySet<string>, foreignUsers: readonly SetUser[]): void {
  const user = foreignUsers.find(({ set }) => going.has(set));
  if (user === undefined) return;
  throw new Refused(
    'in-use',
    `set ${user.set} cannot be removed, others use it:\n${user.line}`,
    'remove that first, or leave the set declared',
  );
}

function entryProblems(
  { entry, declaration, sources: [source] }: DesiredEntry,
  foreignUsers: readonly SetUser[],
  ground: Ground,
): Problem[] {
  if (declaration.kind === 'set') {
    const there = ground.live.entries.get(entry.key);
    if (there === undefined || !isOtherKind(there, entry)) return [];
    if (!isHeld(entry.key, ground.desired.scope, ground.live)) return [];
    const user = foreignUsers.find(({ set }) => set === declaration.name);
    return user === undefined ? [] : [typeInUse(declaration, source, user)];
  }
  if (declaration.kind !== 'member') return [];
  const list = ground.desired.entries.get(entry.container ?? '')?.entry;
  if (list !== undefined) return isList(list) ? listedSet(declaration, source, ground) : [];
  return memberOfForeign(declaration, source, ground);
}

function typeInUse({ name }: SetDeclaration, source: Source, user: SetUser): Problem {
  return {
    code: 'set-in-use',
    what: `the type of set ${name} cannot be changed, others use it as it is: ${user.line}`,
    at: printSource(source),
    given: source.text.trim(),
    fix: 'declare a set of another name, or remove that first',
    part: source.part,
  };
}

/** All that a set shall hold must have a place in it, what nobody declares and stays there too: found members, and those of another scope. */
function crowdedProblems({ desired, live }: Ground): Problem[] {
  const released = holdAndRelease(desired, live).released.flatMap((change) =>
    change.kind === 'entry' ? [change] : [],
  );
  const changes = [...diffEntries(desired, live), ...released].filter(({ before, after }) =>
    ['set', 'member'].includes((after ?? before)?.kind ?? ''),
  );
  if (!leavesUndeclared(changes, { desired, live })) return [];
  return toWork(changes, { desired, live, chains: [] }).flatMap(({ after }) => {
    const source = after === undefined ? undefined : desired.entries.get(after.set.key)?.sources[0];
    if (after === undefined || source === undefined || isList(after.set)) return [];
    // What may not be taken over is told as that.
    const there = live.entries.get(after.set.key);
    if (there !== undefined && !isOwnEntry(there, desired.scope, live) && !isNamedByAdopt(there, desired))
      return [];
    // Those that are declared were checked when they were read.
    if (after.members.every(({ key }) => desired.entries.has(key))) return [];
    const lines = [after.set, ...after.members].map(({ line }) => line);
    const [problem] = parseParts({ set: lines.join('\n') }).problems;
    return problem === undefined ? [] : [noRoomFor(after.set, source, problem)];
  });
}

/** Whether a set that changes keeps a member that nobody declares: those that are declared were checked when they were read. */
function leavesUndeclared(
  changes: readonly EntryChange[],
  { desired, live }: Omit<Ground, 'going'>,
): boolean {
  const changed = new Set(changes.flatMap(({ before, after }) => setKeyOf(after ?? before) ?? []));
  const gone = new Set(
    changes.flatMap(({ before, after }) => (after === undefined ? (before?.key ?? []) : [])),
  );
  const keeps = (set: string): boolean =>
    childrenOf(set, live).some(({ key }) => !desired.entries.has(key) && !gone.has(key));
  return [...changed].some(keeps);
}

function setKeyOf(entry: Entry | undefined): string | undefined {
  return entry?.kind === 'set' ? entry.key : entry?.container;
}

function noRoomFor(set: Entry, source: Source, { what, given }: Problem): Problem {
  return {
    code: 'set-members',
    what: `set ${setOf(set)} holds what it could not hold as it is declared: ${what}`,
    at: printSource(source),
    given: `${source.text.trim()}${given === undefined ? '' : `\non the host: ${given}`}`,
    allowed:
      'a set that has room for all members that stay in it: those that were found there, or are of another scope',
    fix: 'declare the set so that they fit, or another one beside it',
    part: source.part,
  };
}

/** What a list of ours holds must be a set, and no list. */
function listedSet({ set, member }: MemberDeclaration, source: Source, ground: Ground): Problem[] {
  const there = ground.live.entries.get(setKey(member));
  if (there !== undefined && isList(there) && !ground.desired.entries.has(setKey(member))) {
    return [
      {
        code: 'bad-member',
        what: `${member} is a list of sets on the host, and list ${set} cannot hold it`,
        at: printSource(source),
        given: source.text.trim(),
        fix: 'add the sets that it holds instead',
        part: source.part,
      },
    ];
  }
  return unknownSet(member, source, ground);
}

/** Of a set that no part declares, the host alone knows the type. */
function memberOfForeign(declaration: MemberDeclaration, source: Source, ground: Ground): Problem[] {
  const unknown = unknownSet(declaration.set, source, ground);
  if (unknown.length > 0) return unknown;
  const line = ground.live.entries.get(setKey(declaration.set))?.line;
  const [set] = line === undefined ? [] : parseParts({ line }).declared;
  if (set?.declaration.kind !== 'set') return [];
  try {
    const members = membersInSet(declaration, set.declaration).map(({ member }) => member);
    return members.length === 1 && members[0] === declaration.member
      ? []
      : [otherwiseWorded(declaration, members, source)];
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return error.problems.map((problem) => ({
      given: source.text.trim(),
      ...problem,
      at: printSource(source),
      part: source.part,
    }));
  }
}

function otherwiseWorded(
  { set, member }: MemberDeclaration,
  members: readonly string[],
  source: Source,
): Problem {
  const shown = members.slice(0, 3).join(' ');
  return {
    code: 'bad-member',
    what: `${member} is ${shown}${members.length > 3 ? ` and ${members.length - 3} more` : ''} in set ${set}, which others made`,
    at: printSource(source),
    given: source.text.trim(),
    allowed: 'in a set that no part declares, members as ipset prints them',
    fix: members.length === 1 ? `write ${shown}` : 'write a line for each of them',
    part: source.part,
  };
}

function unknownSet(name: string, source: Source, { desired, live, going }: Ground): Problem[] {
  const isThere = live.entries.has(setKey(name)) && !going.has(name);
  if (isThere || desired.entries.has(setKey(name))) return [];
  const names = [...desired.entries.values(), ...live.entries.values()]
    .map((each) => ('entry' in each ? each.entry : each))
    .flatMap((entry) => (entry.kind === 'set' ? [setOf(entry)] : []))
    .filter((each) => !going.has(each));
  const near = closest(name, names);
  return [
    {
      code: 'unknown-set',
      what: going.has(name)
        ? `set ${name} is there only because of a create line that is now left out`
        : `no part declares set ${name}, and the host has none`,
      at: printSource(source),
      given: source.text.trim(),
      fix:
        near === undefined
          ? `check the name, or add \`ipset create ${name} TYPE\``
          : `if ${near} is meant, write it so; or add \`ipset create ${name} TYPE\``,
      part: source.part,
    },
  ];
}
