// The kernel as oracle: what we print is loaded into a network namespace of its own by nft and legacy, and saved: it must be the same.
import { describe, expect, test } from 'vitest';
import { parseRule, printRule } from '../../lib/syntax/iptables-rule';
import { parseParts } from '../../lib/syntax/parts';
import { printDeclaration } from '../../lib/syntax/print';
import { splitWords } from '../../lib/syntax/words';
import { randomRules } from '../syntax/random-rules';
import { readSeedCases } from '../syntax/line-cases';
import { readVocabularyRows } from '../syntax/vocabulary-rows';
import type { PlacedRule } from './namespace-tables';
import { BACK_ENDS, byChain, loadAndSave } from './namespace-tables';

/** The seed of the random rules: set it to see a failure again. */
const SEED = Number(process.env['GATEWRIGHT_TEST_SEED'] ?? Date.now() % 1_000_000);

describe.each(BACK_ENDS)('iptables-%s', (backEnd) => {
  test('saves the vocabulary as we print it', () => {
    const rows = readVocabularyRows().filter(({ untried }) => untried === undefined);
    const rules = rows.map(({ table, chain, given }) => ({ table, chain, text: saved(splitWords(given)) }));
    expect(loadAndSave(backEnd, rules)).toEqual(byChain(rules));
  });

  test.each(['000', '002', '003', '004'])('saves the rules of seed %s as we print them', (seed) => {
    const rules = readSeedCases()
      .filter(({ name }) => name.startsWith(seed))
      .flatMap(({ printed }) => rulesOf(printed));
    expect(rules).not.toEqual([]);
    expect(loadAndSave(backEnd, rules)).toEqual(byChain(rules));
  });

  test(`saves 500 random rules of seed ${SEED} as we print them`, () => {
    const rules = randomRules(SEED, 500).map(({ words, ...place }) => ({ ...place, text: saved(words) }));
    expect(loadAndSave(backEnd, rules)).toEqual(byChain(rules));
  });
});

function saved(words: readonly string[]): string {
  return printRule(parseRule(words, 'ipv4'));
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
