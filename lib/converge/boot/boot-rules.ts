// The rules of one family as input for `iptables-restore --noflush` on a host that has none of ours. Used by boot-files.ts.
import type { Family, Table } from '../../model/iptables';
import type { Wording } from '../align';
import type { DesiredChain, DesiredState } from '../desired';

const TABLE_ORDER: readonly Table[] = ['raw', 'mangle', 'nat', 'filter', 'security'];

/**
 * One commit for each table. Rules of a head block come from the last to the first, each put above the one before it, so
 * that no line counts on another: where one is refused, the others can be loaded one by one.
 */
export function printBootRules(desired: DesiredState, family: Family, wording: Wording): string[] {
  return TABLE_ORDER.flatMap((table) => {
    const chains = [...desired.chains.values()].filter(
      ({ address }) => address.family === family && address.table === table,
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

function printChain({ address, own, rules }: DesiredChain, wording: Wording): string[] {
  const print = (option: '-A' | '-I', text: string): string =>
    `${option} ${address.chain} ${wording(address, text)}`.trimEnd();
  if (own) return rules.map(({ text }) => print('-A', text));
  const head = rules.filter(({ place }) => place === 'head').reverse();
  const tail = rules.filter(({ place }) => place === 'tail');
  return [...head.map(({ text }) => print('-I', text)), ...tail.map(({ text }) => print('-A', text))];
}
