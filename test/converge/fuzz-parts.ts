// Parts that are damaged by chance: each line of them is declared or blamed, what is declared prints back to what it means, and nothing takes long.
import { expect } from 'vitest';
import { desiredOf } from '../../lib/converge/validate';
import { InvalidInput } from '../../lib/model/errors';
import { DEFAULT_SCOPE } from '../../lib/model/scope';
import { parsePart, parseParts } from '../../lib/syntax/parts';
import { printDeclaration } from '../../lib/syntax/print';
import { readLineCases, readSeedCases } from '../syntax/line-cases';
import { readVocabularyRows } from '../syntax/vocabulary-rows';
import { FAKE_STAGE } from './fake-stage';
import { damaged } from './mutations';
import type { Random } from './random-parts';
import { randomState } from './random-states';
import { inTime } from './time-limit';

/** `declared` or `refused` lines of one case. */
export interface PartCounts {
  readonly declared: number;
  readonly refused: number;
}

/** One case. Throws where it crashes, hangs, drops a line without a word, or does not mean what it prints. */
export function fuzzPart(random: Random): PartCounts {
  const text = damaged(random, goodText(random));
  const { lines, problems } = inTime(text, () => parsePart('p', text));
  const blamed = new Set(problems.map(({ at }) => at));
  for (const { part, at, what } of problems)
    expect([part, /, line \d+$/.test(at ?? '')], what).toEqual(['p', true]);
  let declared = 0;
  for (const { source, declared: those } of lines) {
    declared += those.length;
    const isSilent = those.length === 0 && !blamed.has(`part "p", line ${source.line}`);
    // What is no word is a comment or blank: nothing else may be without an answer.
    if (isSilent) expect(source.text.replace(/\\\n/g, ''), text).toMatch(/^\s*(#[^]*)?$/);
  }
  expectTruth(text);
  inTime(text, () => {
    desiredOrRefusal(text);
  });
  return { declared, refused: problems.length };
}

/** What is declared prints as a line that declares the same. */
function expectTruth(text: string): void {
  const { declared } = inTime(text, () => parseParts({ p: text }));
  for (const { declaration } of declared) {
    const printed = printDeclaration(declaration);
    const again = parsePart('p', printed);
    expect(again.problems, `${text}\nprints ${printed}`).toEqual([]);
    const lines = again.lines.flatMap((line) => line.declared).map(printDeclaration);
    expect(lines, text).toEqual([printed]);
  }
}

function desiredOrRefusal(text: string): void {
  try {
    desiredOf(DEFAULT_SCOPE, { p: text, '0-good': 'sysctl net.ipv4.ip_forward=1' });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    for (const { part, what } of error.problems) expect(['p', '0-good'], what).toContain(part);
  }
}

/** Some lines that are good, of any tool. */
function goodText(random: Random): string {
  if (random.chance(25)) {
    const texts = Object.values(randomState(random, FAKE_STAGE));
    return texts[random.below(texts.length)] ?? '';
  }
  return Array.from({ length: 1 + random.below(4) }, () => GOOD[random.below(GOOD.length)]).join('\n');
}

const GOOD: readonly string[] = [
  ...readSeedCases().map(({ given }) => given),
  ...['ip', 'ipset', 'ipvs'].flatMap((tool) =>
    readLineCases(`test/cases/${tool}/accepted.lines`).map(({ given }) => given),
  ),
  ...(['ipv4', 'ipv6'] as const).flatMap((family) =>
    readVocabularyRows(family).map(
      ({ table, chain, given }) =>
        `${family === 'ipv4' ? 'iptables' : 'ip6tables'} -t ${table} -A ${chain} ${given}`,
    ),
  ),
];
