// Desired sets and members as input for `ipset restore` in an empty namespace; sets of others stand there as on the host, empty. Used by ipset.ts.
import { printRestoreLine } from '../../syntax/ipset/restore-lines';
import type { DesiredState } from '../desired';
import type { DesiredEntry } from '../entries/desired-entries';
import type { SubsystemProof } from '../subsystem';
import { inListOrder, isList } from './set-entries';
import { toText } from '../to-text';

/** Sets first, then lists, then members: those of a list in its order. */
export function printSetProof({ entries }: DesiredState): SubsystemProof | undefined {
  const all = [...entries.values()].map(({ entry }: DesiredEntry) => entry);
  const sets = all.filter(({ kind }) => kind === 'set');
  const members = all.filter(({ kind }) => kind === 'member');
  if (sets.length + members.length === 0) return undefined;
  const lists = new Set(sets.filter(isList).map(({ key }) => key));
  const isListed = ({ container = '' }: { readonly container?: string }): boolean => lists.has(container);
  const ordered = [...lists].flatMap((list) =>
    inListOrder(members.filter(({ container }) => container === list)),
  );
  const tried = [
    ...sets.filter((set) => !isList(set)),
    ...sets.filter(isList),
    ...members.filter((member) => !isListed(member)),
    ...ordered,
  ];
  return {
    text: toText(tried.map(({ line }) => printRestoreLine(line))),
    keys: new Map(tried.map(({ key }, index) => [index + 1, key])),
  };
}
