// Who uses a set on a host: rules that name it and lists that hold it, ours or others'. Used by the plan and the checks of sets.
import type { Entry } from '../../model/entry';
import type { Scope } from '../../model/scope';
import { printSavedRuleLine } from '../../syntax/print';
import { isHeld } from '../entries/own-entries';
import type { Live } from '../live';
import { isMarked, isOwnChain } from '../ownership';
import { isList, memberOf, setOf } from './set-entries';
import { setsNamedBy } from './set-names';

/** A rule or a member of a list. */
export interface SetUser {
  readonly set: string;
  /** As a command line. */
  readonly line: string;
  readonly isOwn: boolean;
}

/** Every use of a set on the host. */
export function setUsers(scope: Scope, live: Live): SetUser[] {
  return [...rulesWithSets(scope, live), ...membersOfLists(scope, live)];
}

function rulesWithSets(scope: Scope, live: Live): SetUser[] {
  return [...live.chains.values()].flatMap(({ address, rules }) =>
    rules.flatMap((text) => {
      const sets = setsNamedBy(text);
      if (sets.length === 0) return [];
      const isOwn = isOwnChain(address, scope, live) || isMarked(text, scope);
      return sets.map((set) => ({ set, line: printSavedRuleLine(address, text), isOwn }));
    }),
  );
}

function membersOfLists(scope: Scope, live: Live): SetUser[] {
  const lists = new Set(
    [...live.entries.values()].filter((entry) => entry.kind === 'set' && isList(entry)).map(({ key }) => key),
  );
  const isInList = ({ container }: Entry): boolean => container !== undefined && lists.has(container);
  if (lists.size === 0) return [];
  return [...live.entries.values()].filter(isInList).map((member) => ({
    set: memberOf(member),
    line: `ipset add ${setOf(member)} ${memberOf(member)}`,
    isOwn: isHeld(member.container ?? '', scope, live) || isHeld(member.key, scope, live),
  }));
}
