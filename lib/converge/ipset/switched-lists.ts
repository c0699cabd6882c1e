// Lists that hold a set of which the type changes: they hold another set in its place meanwhile. Used by plan-sets.ts.
import type { Entry } from '../../model/entry';
import { quoteWord, splitWords } from '../../syntax/words';
import { isHeld } from '../entries/own-entries';
import type { Planning } from '../subsystem';
import { isList, memberOf, setOf } from './set-entries';
import type { Content } from './set-text';
import type { SetWork } from './set-work';

/** The content with other sets in their place; absent where it holds none of them. */
export function renamedIn(content: Content, names: ReadonlyMap<string, string>): Content | undefined {
  if (names.size === 0 || !isList(content.set)) return undefined;
  if (!content.members.some((member) => names.has(memberOf(member)))) return undefined;
  return { set: content.set, members: content.members.map((member) => renamedMember(member, names)) };
}

/** The work, and lists of ours that do not change but hold one of the sets. */
export function withListsOf(
  names: ReadonlyMap<string, string>,
  work: readonly SetWork[],
  { desired, live }: Planning,
): SetWork[] {
  if (names.size === 0) return [...work];
  const known = new Set(work.map(({ name }) => name));
  const entries = [...live.entries.values()];
  const lists = entries.filter(
    (entry) =>
      entry.kind === 'set' &&
      isList(entry) &&
      !known.has(setOf(entry)) &&
      (desired.entries.has(entry.key) || isHeld(entry.key, desired.scope, live)),
  );
  const unchanged = lists.flatMap((set): SetWork[] => {
    const members = entries.filter(({ container }) => container === set.key);
    if (!members.some((member) => names.has(memberOf(member)))) return [];
    return [
      { name: setOf(set), before: { set, members }, after: { set, members }, changes: [], isOurs: true },
    ];
  });
  return [...work, ...unchanged];
}

function renamedMember(member: Entry, names: ReadonlyMap<string, string>): Entry {
  const called = (name: string): string => names.get(name) ?? name;
  const [tool = '', verb = '', list = '', set = '', option, beside, ...rest] = splitWords(member.line);
  const isBeside = option === 'after' && beside !== undefined;
  const options = isBeside ? [option, called(beside), ...rest] : [option, beside, ...rest];
  const words = [tool, verb, list, called(set), ...options].filter((word) => word !== undefined);
  return {
    ...member,
    key: `member ${list} ${called(set)}`,
    value: isBeside ? `after ${called(beside)}` : member.value,
    line: words.map((word) => quoteWord(word)).join(' '),
  };
}
