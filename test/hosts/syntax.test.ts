// The kernel as oracle: what we print is loaded into a network namespace of its own by nft and legacy, and saved: it must be the same.
import { describe, expect, test } from 'vitest';
import type { Family } from '../../lib/model/iptables';
import { parseRule, printRule } from '../../lib/syntax/iptables-rule';
import { parseParts } from '../../lib/syntax/parts';
import { printDeclaration } from '../../lib/syntax/print';
import { splitWords } from '../../lib/syntax/words';
import { randomRules } from '../syntax/random-rules';
import { readSeedCases } from '../syntax/line-cases';
import { readVocabularyRows } from '../syntax/vocabulary-rows';
import type { PlacedRule } from './namespace-tables';
import { byChain, loadAndSave, TOOLS } from './namespace-tables';

/** The seed of the random rules: set it to see a failure again. */
const SEED = Number(process.env['GATEWRIGHT_SEED'] ?? Date.now() % 1_000_000);

describe.each(TOOLS)('$name', (tool) => {
  test('saves the vocabulary as we print it', () => {
    const rows = readVocabularyRows(tool.family).filter(({ untried }) => untried === undefined);
    const rules = rows.map(({ table, chain, given }) => ({
      table,
      chain,
      text: saved(splitWords(given), tool.family),
    }));
    expect(loadAndSave(tool, rules)).toEqual(byChain(rules));
  });
});

describe.each(TOOLS.filter(({ family }) => family === 'ipv4'))('$name', (tool) => {
  test.each(['000', '002', '003', '004'])('saves the rules of seed %s as we print them', (seed) => {
    const rules = readSeedCases()
      .filter(({ name }) => name.startsWith(seed))
      .flatMap(({ printed }) => rulesOf(printed));
    expect(rules).not.toEqual([]);
    expect(loadAndSave(tool, rules)).toEqual(byChain(rules));
  });

  test(`saves 500 random rules of seed ${SEED} as we print them`, () => {
    const rules = randomRules(SEED, 500).map(({ words, ...place }) => ({
      ...place,
      text: saved(words, 'ipv4'),
    }));
    expect(loadAndSave(tool, rules)).toEqual(byChain(rules));
  });
});

function saved(words: readonly string[], family: Family): string {
  return printRule(parseRule(words, family));
}

function rulesOf(lines: readonly string[]): PlacedRule[] {
  const { declared } = parseParts({ runbook: lines.join('\n') });
  expect(declared.map(({ declaration }) => printDeclaration(declaration))).toEqual(lines);
  return declared.flatMap(({ declaration }) => {
    if (declaration.kind !== 'rule') return [];
    const { table, chain, place, rule } = declaration;
    return [{ table, chain, place, text: printRule(rule) }];
  });
}
