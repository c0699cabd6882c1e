// A host as its tools would tell it once services are laid out on it, ready for packets to walk through. Used by tests of services.
import type { Declaration, RuleDeclaration } from '../../lib/model/declaration';
import type { Family } from '../../lib/model/iptables';
import { BUILT_IN_CHAINS, FAMILIES, isBuiltInChain } from '../../lib/model/iptables';
import type { HostedServices } from '../../lib/services/hosted-services';
import { layOut } from '../../lib/services/lay-out';
import type { GivenHost } from '../../lib/simulate/surroundings';
import { toSurroundings } from '../../lib/simulate/surroundings';
import type { Surroundings } from '../../lib/simulate/rule-set';
import { printRule } from '../../lib/syntax/iptables-rule';
import { printDeclaration } from '../../lib/syntax/print';

/** The host, with the addresses that it has beside those that the services bring. */
export function laidOutHost(
  hosted: HostedServices,
  host: Pick<GivenHost, 'addresses' | 'routes'>,
): Surroundings {
  const declarations = [...layOut(hosted).values()].flat();
  const bound = declarations.flatMap((each) =>
    each.kind === 'address' ? [{ network: `${each.address}/${each.prefixLength}`, device: each.device }] : [],
  );
  return toSurroundings({
    ...host,
    addresses: [...host.addresses, ...bound],
    rules: Object.fromEntries(FAMILIES.map((family) => [family, printSave(declarations, family)])),
    sets: printSets(declarations),
    isLocalnetRouted: declarations.some(
      (each) => each.kind === 'sysctl' && each.key.endsWith('.route_localnet'),
    ),
    virtualServers: printWithout(
      'ipvsadm ',
      declarations.filter(({ kind }) => kind === 'virtual-server' || kind === 'real-server'),
    ),
  });
}

/** As ipset save prints them: each with its members behind it. */
function printSets(declarations: readonly Declaration[]): string {
  const sets = declarations.filter((each) => each.kind === 'set');
  const members = declarations.filter((each) => each.kind === 'member');
  return printWithout(
    'ipset ',
    sets.flatMap((set) => [set, ...members.filter((each) => each.set === set.name)]),
  );
}

function printWithout(tool: string, declarations: readonly Declaration[]): string {
  return declarations.map((each) => `${printDeclaration(each).replace(tool, '')}\n`).join('');
}

/** As iptables-save prints it: of what is put at a chain's head, the later stands above. */
function printSave(declarations: readonly Declaration[], family: Family): string {
  const rules = declarations.filter((each) => each.kind === 'rule').filter((each) => each.family === family);
  return (['nat', 'filter'] as const)
    .map((table) => {
      const made = declarations.flatMap((each) =>
        each.kind === 'chain' && each.family === family && each.table === table ? [each.chain] : [],
      );
      const filled = rules.filter((each) => each.table === table).map((each) => each.chain);
      const chains = [...new Set([...BUILT_IN_CHAINS[table], ...made, ...filled])];
      const lines = chains.flatMap((chain) =>
        inOrder(rules.filter((each) => each.table === table && each.chain === chain)),
      );
      const named = chains.map(
        (chain) => `:${chain} ${isBuiltInChain({ table, chain }) ? 'ACCEPT' : '-'} [0:0]`,
      );
      return [`*${table}`, ...named, ...lines, 'COMMIT', ''].join('\n');
    })
    .join('');
}

function inOrder(rules: readonly RuleDeclaration[]): readonly string[] {
  const heads = rules.filter(({ place }) => place === 'head').toReversed();
  const tails = rules.filter(({ place }) => place !== 'head');
  return [...heads, ...tails].map(({ chain, rule }) => `-A ${chain} ${printRule(rule)}`);
}
