// Rules of ours with other sets in place of those of which the type changes, and back again. Used by plan-sets.ts.
import type { Scope } from '../../model/scope';
import type { ChainAddress } from '../../model/iptables';
import { chainKey } from '../../model/iptables';
import type { ChainChange, Edit } from '../change';
import type { Live } from '../live';
import { isMarked, isOwnChain } from '../ownership';
import { renameSets } from './set-names';

/** The changes of a transaction's rules, made in two goes: `there` with the other names, `back` to those that are declared. */
export interface NameSwitch {
  readonly there: readonly ChainChange[];
  readonly back: readonly ChainChange[];
}

interface Ground {
  readonly scope: Scope;
  readonly live: Live;
  readonly chains: readonly ChainChange[];
}

/** Also rules that do not change otherwise, if they name one of the sets. */
export function switchNames(names: ReadonlyMap<string, string>, ground: Ground): NameSwitch {
  const { live, chains } = ground;
  const rename = (text: string): string => renameSets(text, names);
  const policies = chains.filter(({ kind }) => kind === 'policy');
  const addresses = new Map<string, ChainAddress>();
  for (const { address } of [...chains, ...live.chains.values()]) addresses.set(chainKey(address), address);
  const there: ChainChange[] = [...policies];
  const back: ChainChange[] = [];
  for (const address of addresses.values()) {
    const change = chains.find(
      (each) => each.kind !== 'policy' && chainKey(each.address) === chainKey(address),
    );
    const isWhole =
      change?.kind === 'fill' || (change === undefined && isOwnChain(address, ground.scope, live));
    const switched = isWhole
      ? switchedChain(address, change?.kind === 'fill' ? change : undefined, { rename, live })
      : switchedEdits(address, change?.kind === 'edit' ? change.edits : [], { rename, ground });
    there.push(...switched.there);
    back.push(...switched.back);
  }
  return { there, back };
}

type Fill = Extract<ChainChange, { kind: 'fill' }>;

function switchedChain(
  address: ChainAddress,
  change: Fill | undefined,
  { rename, live }: { readonly rename: (text: string) => string; readonly live: Live },
): NameSwitch {
  const before = live.chains.get(chainKey(address))?.rules;
  const after = change === undefined ? before : change.after;
  const renamed = after?.map(rename);
  if (after === undefined || renamed?.every((text, index) => text === after[index]) !== false) {
    return { there: change === undefined ? [] : [change], back: [] };
  }
  const fill = change ?? { kind: 'fill', address, ...(before === undefined ? {} : { before }) };
  return {
    there: [{ ...fill, after: renamed }],
    back: [{ kind: 'fill', address, before: renamed, after }],
  };
}

/** In a chain of others: our own rules one by one, each new one in before the old one goes. */
function switchedEdits(
  address: ChainAddress,
  edits: readonly Edit[],
  { rename, ground }: { readonly rename: (text: string) => string; readonly ground: Ground },
): NameSwitch {
  const rules = [...(ground.live.chains.get(chainKey(address))?.rules ?? [])];
  for (const { kind, position, text } of edits) {
    if (kind === 'insert') rules.splice(position - 1, 0, text);
    else rules.splice(position - 1, 1);
  }
  const inserted = new Set(edits.filter(({ kind }) => kind === 'insert').map(({ text }) => text));
  const there: Edit[] = edits.map((edit) =>
    edit.kind === 'insert' ? { ...edit, text: rename(edit.text) } : edit,
  );
  const back: Edit[] = [];
  for (const [index, text] of rules.entries()) {
    const other = rename(text);
    if (other === text || !isMarked(text, ground.scope)) continue;
    if (!inserted.has(text)) there.push(...replaced(index + 1, text, other));
    back.push(...replaced(index + 1, other, text));
  }
  const asChange = (own: readonly Edit[]): ChainChange[] =>
    own.length === 0 ? [] : [{ kind: 'edit', address, edits: own }];
  return { there: asChange(there), back: asChange(back) };
}

function replaced(position: number, old: string, text: string): Edit[] {
  return [
    { kind: 'insert', position, text },
    { kind: 'delete', position: position + 1, text: old },
  ];
}
