// What the key and value of a set's or a member's entry say, and in which order the members of a list stand. Used by the other files here.
import type { Entry } from '../../model/entry';
import { printMemberOptions } from '../../syntax/ipset/restore-lines';
import { splitWords } from '../../syntax/words';

const SET = 'set ';

/** The set of a member, or the set itself. */
export function setOf({ kind, key, container = '' }: Entry): string {
  return (kind === 'set' ? key : container).slice(SET.length);
}

/** As ipset prints it. */
export function memberOf(entry: Entry): string {
  return entry.key.slice('member '.length + setOf(entry).length + 1);
}

/** `hash:ip`, … */
export function typeOf({ value }: Entry): string {
  return value.split(' ')[0] ?? '';
}

/** `inet` where nothing is said. */
export function isInet6({ value }: Entry): boolean {
  return / family inet6( |$)/.test(value);
}

/** Lists keep an order, and hold sets. */
export function isList(entry: Entry): boolean {
  return typeOf(entry) === 'list:set';
}

/** The line that `fingerprint_ipset` prints for it. */
export function fingerprint(entry: Entry): string {
  if (entry.kind === 'set') return `create ${setOf(entry)} ${entry.value}`;
  return `add ${setOf(entry)} ${memberOf(entry)} ${printMemberOptions(entry.value)}`.trimEnd();
}

/** Members of a list, each behind the one after which it says that it stands. */
export function inListOrder(members: readonly Entry[]): Entry[] {
  const behind = new Map(members.map((member) => [predecessor(member), member]));
  const ordered: Entry[] = [];
  for (let next = behind.get(undefined); next !== undefined; next = behind.get(memberOf(next))) {
    if (ordered.includes(next)) break;
    ordered.push(next);
  }
  return [...ordered, ...members.filter((member) => !ordered.includes(member))];
}

function predecessor({ value }: Entry): string | undefined {
  return value.startsWith('after ') ? splitWords(value)[1] : undefined;
}
