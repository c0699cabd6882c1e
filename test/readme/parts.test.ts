// The examples of docs/parts.md: what is said to be accepted is, and each refused one gives the problem that stands below it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { desiredOf } from '../../lib/converge/validate';
import type { Parts } from '../../lib/model/declaration';
import { InvalidInput } from '../../lib/model/errors';
import { DEFAULT_SCOPE } from '../../lib/model/scope';
import { parseParts } from '../../lib/syntax/parts';

const page = readFileSync(join(__dirname, '../../docs/parts.md'), 'utf8');

function blocks(opening: string): string[] {
  return [...page.matchAll(new RegExp(`\`\`\`${opening}\\n(.*?)\`\`\``, 'gs'))].map(([, text = '']) => text);
}

/** Lines, and the problem that the comment below them names. */
function refusals(block: string): (readonly [given: string, problem: string])[] {
  return [...block.matchAll(/((?:^(?!# ).*\n)+)^# (.*)$/gm)].map(
    ([, given = '', problem = '']) => [given, problem] as const,
  );
}

function toParts(hcl: string): Parts {
  const lines = [...hcl.matchAll(/^"(.+?)" *= "(.+)"$/gm)];
  return Object.fromEntries(lines.map(([, name = '', text = '']) => [name, text]));
}

function problemsOf(parts: Parts): string[] {
  try {
    desiredOf(DEFAULT_SCOPE, parts);
    return [];
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems.map(({ code, what }) => `${code}: ${what}`);
    throw error;
  }
}

const accepted = blocks('sh accepted');
const refusedLines = blocks('sh refused').flatMap(refusals);
const refusedParts = blocks('hcl refused').flatMap(refusals);

test.each(accepted)('is accepted: %s', (text) => {
  expect(problemsOf({ example: text })).toEqual([]);
  expect(parseParts({ example: text }).declared).not.toEqual([]);
});

test.each(refusedLines)('is refused: %s', (given, problem) => {
  expect(problemsOf({ example: given })).toEqual([problem]);
});

test.each(refusedParts)('are refused together: %s', (given, problem) => {
  expect(problemsOf(toParts(given))).toEqual([problem]);
});

test('every example of the page was tried', () => {
  const kinds = [...page.matchAll(/^```(.+)$/gm)].map(([, kind = '']) => kind);
  expect(kinds.filter((kind) => !['sh accepted', 'sh refused', 'hcl refused'].includes(kind))).toEqual([]);
  expect(kinds).toHaveLength(accepted.length + blocks('sh refused').length + blocks('hcl refused').length);
  const problems = [...page.matchAll(/^# [a-z-]+: /gm)];
  expect(problems).toHaveLength(refusedLines.length + refusedParts.length);
});
