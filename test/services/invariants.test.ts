// What holds of random services, whichever they are: every jump leads to a chain, every chain is entered, shares are equal. The seed is printed.
import { expect, test } from 'vitest';
import type { Declaration, RuleDeclaration } from '../../lib/model/declaration';
import { FAMILIES } from '../../lib/model/iptables';
import type { HostedServices } from '../../lib/services/hosted-services';
import { layOut } from '../../lib/services/lay-out';
import { trafficOf } from '../../lib/services/traffic';
import { parseParts } from '../../lib/syntax/parts';
import { printDeclaration } from '../../lib/syntax/print';
import { seeds } from '../run/seed';
import { randomDualServices, randomServices } from './random-services';

const CASES = seeds(12).flatMap((seed) =>
  [...FAMILIES, 'both' as const].flatMap((family) =>
    (['iptables', 'ipvs'] as const).map((mode) => ({ seed, family, mode, services: 12 })),
  ),
);

const BUILT_IN = /^(PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)$/;

test.each(CASES)(
  'services of seed $seed, $family, mode $mode read back as parts without a problem',
  (wanted) => {
    const print = (each: readonly Declaration[]): string =>
      each.map((one) => `${printDeclaration(one)}\n`).join('');
    const texts = [...layOut(hostedOf(wanted))].map(([part, each]): [string, string] => [part, print(each)]);
    expect(parseParts(Object.fromEntries(texts)).problems).toEqual([]);
  },
);

test.each(CASES)(
  'services of seed $seed, $family, mode $mode jump to no chain that is absent, have none that nothing enters, and none twice',
  (wanted) => {
    const { declared, rules } = laidOut(wanted);
    const entered = new Set(
      rules.flatMap((each) => (each.rule.target?.kind === 'jump' ? [key(each, each.rule.target.chain)] : [])),
    );
    const filled = new Set(
      rules.filter(({ chain }) => !BUILT_IN.test(chain)).map((each) => key(each, each.chain)),
    );
    const chains = new Set([...declared, ...filled]);
    expect(new Set(declared).size).toBe(declared.length);
    expect([...entered].filter((chain) => !chains.has(chain))).toEqual([]);
    expect([...chains].filter((chain) => !entered.has(chain))).toEqual([]);
  },
);

test.each(CASES)(
  'services of seed $seed, $family, mode $mode name no set that is absent, and have none that no rule names',
  (wanted) => {
    const { sets, members, rules } = laidOut(wanted);
    const named = new Set(rules.flatMap(setsOf));
    expect(new Set(sets).size).toBe(sets.length);
    expect([...named, ...members].filter((set) => !sets.includes(set))).toEqual([]);
    expect(sets.filter((set) => !named.has(set))).toEqual([]);
  },
);

test.each(CASES.filter(({ mode }) => mode === 'iptables'))(
  'services of seed $seed, $family, mode $mode share out connections equally, within 1e-9',
  (wanted) => {
    const { hosted, rules } = laidOut(wanted);
    const dispatching = rules.filter(({ chain }) => /-SV[CL]-/.test(chain));
    const names = new Set(dispatching.map((each) => key(each, each.chain)));
    const chains = [...names].map((name) => dispatching.filter((each) => key(each, each.chain) === name));
    for (const service of hosted.services) {
      const { cluster, local } = trafficOf(service);
      for (const [kind, amount] of [
        ['-SVC-', cluster.length],
        ['-SVL-', local.length],
      ] as const) {
        const own = chains.find(
          (each) =>
            each[0]?.chain.includes(kind) && each[0].family === service.family && isOf(each, service.name),
        );
        const shares = sharesOf(own ?? []);
        expect(shares).toHaveLength(amount);
        for (const share of shares) expect(Math.abs(share - 1 / amount)).toBeLessThan(1e-9);
      }
    }
  },
);

function hostedOf({ family, ...wanted }: (typeof CASES)[number]): HostedServices {
  return family === 'both'
    ? randomDualServices(wanted.seed, wanted)
    : randomServices(wanted.seed, { ...wanted, family });
}

function laidOut(wanted: (typeof CASES)[number]) {
  const hosted = hostedOf(wanted);
  const declarations = [...layOut(hosted).values()].flat();
  return {
    hosted,
    rules: declarations.filter((each) => each.kind === 'rule'),
    declared: declarations.flatMap((each) => (each.kind === 'chain' ? [key(each, each.chain)] : [])),
    sets: declarations.flatMap((each) => (each.kind === 'set' ? [each.name] : [])),
    members: declarations.flatMap((each) => (each.kind === 'member' ? [each.set] : [])),
  };
}

function key({ family, table }: Pick<RuleDeclaration, 'family' | 'table'>, chain: string): string {
  return `${family} ${table} ${chain}`;
}

function setsOf({ rule }: RuleDeclaration): readonly string[] {
  return rule.matches.flatMap((match) =>
    match.kind === 'module' && match.module === 'set' ? (match.options[0]?.values[0] ?? []) : [],
  );
}

function commentOf({ rule }: RuleDeclaration): string {
  const comment = rule.matches.find((match) => match.kind === 'comment');
  return comment?.text ?? '';
}

function isOf(rules: readonly RuleDeclaration[], name: string): boolean {
  return rules.some((rule) => commentOf(rule).startsWith(`${name} -> `));
}

/** Of those that choose at random: what each takes of all that comes. */
function sharesOf(rules: readonly RuleDeclaration[]): readonly number[] {
  const choosing = rules.filter(
    (each) => commentOf(each).includes(' -> ') && !each.rule.matches.some((match) => match.kind === 'module'),
  );
  const shares: number[] = [];
  let left = 1;
  for (const { rule } of choosing) {
    const chance = rule.matches.find((match) => match.kind === 'statistic-random');
    const share = left * (chance?.probability ?? 1);
    shares.push(share);
    left -= share;
  }
  return shares;
}
