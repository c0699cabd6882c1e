// Saved tables of real kernels: what the tools print is what we print.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isFullyModelled } from '../../lib/model/rule';
import { parseRuleText, printRule } from '../../lib/syntax/iptables-rule';
import type { SavedTable } from '../../lib/syntax/iptables-save';
import { parseSave } from '../../lib/syntax/iptables-save';
import { parsePart } from '../../lib/syntax/parts';
import { printSavedRuleLine } from '../../lib/syntax/print';

const FOLDER = join(__dirname, '../cases/dumps');

describe.each(readdirSync(FOLDER).sort())('%s', (file) => {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  const tables = parseSave(text);
  const rules = tables.flatMap(({ rules: ofTable }) => ofTable);

  test('is read whole', () => {
    const lines = text.split('\n').filter((line) => /^[:*-]/.test(line));
    expect(tables.flatMap(printTable)).toEqual(lines.map((line) => line.replace(/ \[\d+:\d+\]$/, '')));
    expect(rules.length).toBeGreaterThan(10);
  });

  test('prints as it was saved', () => {
    expect(rules.map(({ text: saved }) => printRule(parseRuleText(saved)))).toEqual(
      rules.map(({ text: saved }) => saved),
    );
  });

  test('is known to the vocabulary but for what is named here', () => {
    const opaque = rules.filter(({ text: saved }) => !isFullyModelled(parseRuleText(saved)));
    const words = opaque.map(
      ({ text: saved }) => /-m (time|string|u32)\b|-j (CT)\b/.exec(saved)?.[0] ?? saved,
    );
    expect(words.filter((word) => !['-m time', '-m string', '-m u32', '-j CT'].includes(word))).toEqual([]);
  });

  test('can be pasted into a part as command lines', () => {
    const lines = tables.flatMap(({ table, rules: ofTable }) =>
      ofTable.map(({ chain, text: saved }) => printSavedRuleLine({ family: 'ipv4', table, chain }, saved)),
    );
    const part = parsePart('pasted', lines.join('\n'));
    expect(part.problems).toEqual([]);
    const declared = part.lines.flatMap((line) => line.declared);
    expect(declared.flatMap((one) => (one.kind === 'rule' ? [printRule(one.rule)] : []))).toEqual(
      rules.map(({ text: saved }) => saved),
    );
  });
});

function printTable({ table, chains, rules }: SavedTable): string[] {
  return [
    `*${table}`,
    ...chains.map(({ name, policy = '-' }) => `:${name} ${policy}`),
    ...rules.map(({ chain, text }) => `-A ${chain} ${text}`.trimEnd()),
  ];
}
