// Input for `ipset restore` that makes, fills, rebuilds and removes sets; texts that also hold where they were run half before. Used by plan-sets.ts.
import { createHash } from 'node:crypto';
import type { Entry } from '../../model/entry';
import { printRestoreLine } from '../../syntax/ipset/restore-lines';
import { inListOrder, isList, memberOf, setOf } from './set-entries';

/** A set with all its members, as it is or as it shall be. */
export interface Content {
  readonly set: Entry;
  readonly members: readonly Entry[];
}

/** Makes the set, under another name where one is given, and fills it. */
export function made({ set, members }: Content, name = setOf(set)): string[] {
  return [printRestoreLine(set.line, name), ...filled({ set, members }, name)];
}

/** Adds go to the end of a list, so its members are added in their order. */
function filled({ set, members }: Content, name: string): string[] {
  if (!isList(set)) return members.map((member) => added(member, name));
  return inListOrder(members).map((member) => added(member, name).replace(/^(add \S+ \S+) after \S+/, '$1'));
}

/** `add`, into another set where one is given. */
export function added(member: Entry, name = setOf(member)): string {
  return printRestoreLine(member.line, name === setOf(member) ? undefined : name);
}

/** The whole of a member's options replaces what it had (measured), with no moment without it. */
export function changed(member: Entry): string {
  return `${added(member)} -exist`;
}

/** Whether it is there or not. */
export function deleted(member: Entry): string {
  return `del ${setOf(member)} ${memberOf(member)} -exist`;
}

/** Whether it is there or not. */
export function destroyed(name: string): string {
  return `destroy ${name} -exist`;
}

/** The set gets these options and members at one stroke: `swap` leaves no moment in which it is empty. */
export function rebuilt(content: Content, temporary: string): string[] {
  const name = setOf(content.set);
  return [
    destroyed(temporary),
    ...made(content, temporary),
    `swap ${temporary} ${name}`,
    destroyed(temporary),
  ];
}

/** The set is made anew under its name, which nothing uses at that time. */
export function remade(content: Content): string[] {
  return [destroyed(setOf(content.set)), ...made(content)];
}

/** Beginning of the names that a scope's sets have for the time of a transaction; what is left over is known by it. */
export function temporaryPrefix(scope: string): string {
  return `gw-${digest(scope, 8)}-`;
}

/** A name that no set of the host has. */
export function temporaryName(scope: string, set: string, isTaken: (name: string) => boolean): string {
  for (let attempt = 0; ; attempt += 1) {
    const name = `${temporaryPrefix(scope)}${digest(`${attempt} ${set}`, 12)}`;
    if (!isTaken(name)) return name;
  }
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
