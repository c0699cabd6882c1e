// What the index of the examples promises: every folder is there, whole, and deployed by a test.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLabFile } from '../../lib/lab/read-spec';
import { EXAMPLE_NAMES } from './example-lines';

const ROOT = join(__dirname, '../..');
const index = readFileSync(join(ROOT, 'examples/README.md'), 'utf8');
const rows = new Map(
  [...index.matchAll(/^\| \[(.+)\]\(\1\/README\.md\) \|.*\| (.+) \|$/gm)].map(([, name = '', hosts = '']) => [
    name,
    hosts,
  ]),
);
const e2e = readdirSync(join(ROOT, 'test/e2e'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.e2e.test.ts'))
  .map((path) => readFileSync(join(ROOT, 'test/e2e', path), 'utf8'));

test('the index has a row for each example', () => {
  expect([...rows.keys()].sort()).toEqual([...EXAMPLE_NAMES].sort());
});

test.each(EXAMPLE_NAMES)('%s has all that an example has, and a test that deploys it', (name) => {
  const missing = ['main.ts', 'lab.json', 'README.md'].filter(
    (file) => !existsSync(join(ROOT, 'examples', name, file)),
  );
  expect(missing).toEqual([]);
  const names = [`name: '${name}'`, `examples/${name}/lab.json`];
  expect(e2e.some((text) => names.some((mention) => text.includes(mention)))).toBe(true);
});

test.each(EXAMPLE_NAMES)('%s needs the kinds of hosts that the index says', (name) => {
  const { hosts } = readLabFile(join(ROOT, 'examples', name, 'lab.json'));
  const count = (kind: string): number => hosts.filter((host) => host.kind === kind).length;
  const said = (one: string, many: string, number: number): string[] =>
    number === 0 ? [] : [number === 1 ? one : many];
  const kinds = [
    ...said('a kernel', 'kernels', count('kernel')),
    ...said('a namespace', 'namespaces', count('namespace')),
  ];
  expect(rows.get(name)?.split(', ').sort()).toEqual(kinds.sort());
});
