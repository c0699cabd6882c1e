// Random services, the kernel as judge: what it saves after loading their rules is what we printed, by nft and legacy. The seed is printed.
import { expect, test } from 'vitest';
import { layOut } from '../../lib/services/lay-out';
import { printRule } from '../../lib/syntax/iptables-rule';
import { printDeclaration } from '../../lib/syntax/print';
import { FIRST_SEED } from '../run/seed';
import { randomServices } from '../services/random-services';
import { byChain, loadAndSave, TOOLS } from './namespace-tables';

/** Only a kernel host has these: test/hosts/kube-proxy-packets. */
const NOT_HERE = /-m (ipvs|physdev) /;

const CASES = TOOLS.flatMap((tool) => (['iptables', 'ipvs'] as const).map((mode) => ({ ...tool, mode })));

test.each(CASES)(`$name saves services in mode $mode of seed ${FIRST_SEED} as we print them`, (tool) => {
  const { family, mode } = tool;
  for (const seed of [FIRST_SEED, FIRST_SEED + 1, FIRST_SEED + 2]) {
    const hosted = randomServices(seed, { services: 60, mode, family });
    const declarations = [...layOut(hosted).values()].flat();
    const rules = declarations.flatMap((each) => {
      const text = each.kind === 'rule' ? printRule(each.rule) : '';
      return each.kind === 'rule' && !NOT_HERE.test(text) ? [{ ...each, text }] : [];
    });
    const sets = declarations.flatMap((each) =>
      each.kind === 'set' ? [printDeclaration(each).replace('ipset create ', '')] : [],
    );
    expect(rules.length, `seed ${seed}`).toBeGreaterThan(30);
    expect(loadAndSave(tool, rules, sets), `seed ${seed}`).toEqual(byChain(rules));
  }
});
