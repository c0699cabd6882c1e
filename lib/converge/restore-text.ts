// Changes of one table as input for `iptables-restore --noflush`: one commit, so the kernel has all of it or nothing.
import type { Table } from '../model/iptables';
import type { ChainChange } from './change';

/**
 * Chains of ours are declared (which empties them) and filled again; in foreign chains single rules are deleted by their
 * text, then inserted by position; chains that go are removed last, when nothing refers to them any more.
 */
export function printTableChanges(table: Table, changes: readonly ChainChange[]): string {
  const lines = [
    `*${table}`,
    ...changes.flatMap(declareChain),
    ...changes.flatMap(fillChain),
    ...changes.flatMap(editChain),
    ...changes.flatMap(removeChain),
    'COMMIT',
  ];
  return `${lines.join('\n')}\n`;
}

function declareChain(change: ChainChange): string[] {
  if (change.kind === 'fill') return [`:${change.address.chain} - [0:0]`];
  return change.kind === 'policy' ? [`:${change.address.chain} ${change.after} [0:0]`] : [];
}

function fillChain(change: ChainChange): string[] {
  return change.kind === 'fill'
    ? (change.after ?? []).map((text) => `-A ${change.address.chain} ${text}`.trimEnd())
    : [];
}

function editChain(change: ChainChange): string[] {
  if (change.kind !== 'edit') return [];
  const { chain } = change.address;
  return change.edits.map(({ kind, position, text }) =>
    (kind === 'insert' ? `-I ${chain} ${position} ${text}` : `-D ${chain} ${text}`).trimEnd(),
  );
}

function removeChain(change: ChainChange): string[] {
  return change.kind === 'fill' && change.after === undefined ? [`-X ${change.address.chain}`] : [];
}
