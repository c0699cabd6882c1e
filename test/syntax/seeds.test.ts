// Every command line of the seeds that declares something prints canonically; every broken one gets its error.
import { expect, test } from 'vitest';
import { parseParts } from '../../lib/syntax/parts';
import { printDeclaration } from '../../lib/syntax/print';
import { printRefusal, readSeedCases } from './line-cases';

const cases = readSeedCases();

test.each(cases.map((row) => [row.name, row] as const))('seed %s', (_name, { given, printed, problems }) => {
  const read = parseParts({ runbook: given });
  expect(read.declared.map(({ declaration }) => printDeclaration(declaration))).toEqual(printed);
  expect(read.problems.map(printRefusal)).toEqual(problems);
  expect(read.declared.length + read.problems.length).toBeGreaterThan(0);
});

test('what is printed reads back as what was declared', () => {
  for (const { given } of cases) {
    const declared = parseParts({ runbook: given }).declared.map(({ declaration }) => declaration);
    const again = parseParts({ runbook: declared.map(printDeclaration).join('\n') });
    expect(again.problems).toEqual([]);
    expect(again.declared.map(({ declaration }) => declaration)).toEqual(declared);
  }
});

test('all of seed 003 is here, and the lines of the others', () => {
  const counts = ['000', '001', '002', '003', '004'].map(
    (seed) => cases.filter(({ name, printed }) => name.startsWith(seed) && printed.length > 0).length,
  );
  expect(counts).toEqual([41, 0, 5, 35, 15]);
});
