// The rules of one family as input for `iptables-restore --noflush` on a host that has none of ours. Used by boot-files.ts.
import type { Family, Table } from '../../model/iptables';
import type { Wording } from '../align';
import { inChunks } from '../chain-chunks';
import type { DesiredChain, DesiredState } from '../desired';

const TABLE_ORDER: readonly Table[] = ['raw', 'mangle', 'nat', 'filter', 'security'];

/**
 * One commit for each table. Rules of a head block come from the last to the first, each put above the one before it, so
 * that no line counts on another: where one is refused, the others can be loaded one by one. Very many chains stand behind those
 * that they jump to, so that the loader can take them in portions.
 */
export function printBootRules(desired: DesiredState, family: Family, wording: Wording): string[] {
  return TABLE_ORDER.flatMap((table) => {
    const chains = inOrder(
      [...desired.chains.values()].filter(
        ({ address }) => address.family === family && address.table === table,
      ),
    );
    const policies = [...desired.policies.values()]
      .map(({ declaration }) => declaration)
      .filter((policy) => policy.family === family && policy.table === table);
    const names = [
      ...chains.filter(({ own }) => own).map(({ address }) => `:${address.chain} - [0:0]`),
      ...policies.map(({ chain, policy }) => `:${chain} ${policy} [0:0]`),
    ];
    const rules = chains.flatMap((chain) => printChain(chain, wording));
    return names.length + rules.length === 0 ? [] : [`*${table}`, ...names, ...rules, 'COMMIT'];
  });
}

function inOrder(chains: readonly DesiredChain[]): readonly DesiredChain[] {
  const ours = chains.filter(({ own }) => own);
  const filled = ours.map((chain) => ({
    of: chain,
    chain: chain.address.chain,
    rules: chain.rules.map(({ text }) => text),
  }));
  const chunks = inChunks(filled);
  if (chunks === undefined) return chains;
  return [...chunks.flat().map(({ of }) => of), ...chains.filter(({ own }) => !own)];
}

function printChain({ address, own, rules }: DesiredChain, wording: Wording): string[] {
  const print = (option: '-A' | '-I', text: string): string =>
    `${option} ${address.chain} ${wording(address, text)}`.trimEnd();
  if (own) return rules.map(({ text }) => print('-A', text));
  const head = rules.filter(({ place }) => place === 'head').reverse();
  const tail = rules.filter(({ place }) => place === 'tail');
  return [...head.map(({ text }) => print('-I', text)), ...tail.map(({ text }) => print('-A', text))];
}
