// Which exports count as documented, so that the rule of the architecture test can fail and fails rightly.
import { expect, test } from 'vitest';
import { undocumentedExports } from './doc-comments';

test.each([
  ['a function', 'export function f() {}', ['f']],
  ['an async function', 'export async function f() {}', ['f']],
  ['a class', 'export abstract class C {}', ['C']],
  ['an interface', 'export interface I {}', ['I']],
  ['a type', 'export type T = 1;', ['T']],
  ['an enum', 'export enum E { x }', ['E']],
  ['constants', 'export const a = 1, b = 2;', ['a', 'b']],
  ['a line comment', '// What it is.\nexport const a = 1;', ['a']],
  ['a plain block comment', '/* What it is. */\nexport const a = 1;', ['a']],
  ['a tag alone', '/** @default 15 */\nexport const a = 1;', ['a']],
  ['an empty doc comment', '/** */\nexport const a = 1;', ['a']],
  ['the doc comment of another', '/** Of b. */\nconst b = 1;\nexport const a = 1;', ['a']],
])('%s without one is named', (_name, text, names) => {
  expect(undocumentedExports({ path: 'lib/ssh/x.ts', text })).toEqual(
    names.map((name) => `lib/ssh/x.ts: ${name} has no doc comment`),
  );
});

test.each([
  ['a documented function', '/** Why. */\nexport function f() {}'],
  ['two lines of them', '/** Why. */\nexport const a = 1,\n  b = 2;'],
  [
    'an overload that is',
    '/** Why. */\nexport function f(x: 1): 1;\nexport function f(x: 1): 1 { return x; }',
  ],
  ['a comment between', '/** Why. */\n// And how.\nexport const a = 1;'],
  ['what is passed on', `export { a } from './a';\nexport * from './b';`],
  ['what is kept', 'const a = 1; function f() {}'],
])('%s passes', (_name, text) => {
  expect(undocumentedExports({ path: 'lib/ssh/x.ts', text })).toEqual([]);
});

test('a folder that is not on the list passes, for now', () => {
  expect(undocumentedExports({ path: 'lib/elsewhere/x.ts', text: 'export const a = 1;' })).toEqual([]);
});
