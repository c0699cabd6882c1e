// What the README tells a user to write is what works: its stack synthesises, its HCL is well formed, its commands exist.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import manifest from '../../package.json';
import { parseParts } from '../../lib/syntax/parts';

const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
const outdir = mkdtempSync(join(tmpdir(), 'gatewright-readme-'));

beforeAll(async () => {
  process.env['CDKTF_OUTDIR'] = outdir;
  await import('./first-stack');
});

afterAll(() => {
  delete process.env['CDKTF_OUTDIR'];
  rmSync(outdir, { recursive: true });
});

function block(language: string): string {
  return new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(readme)?.[1] ?? '';
}

test('the first stack is the one that is type-checked here', () => {
  const [, ...lines] = readFileSync(join(__dirname, 'first-stack.ts'), 'utf8').split('\n');
  expect(block('ts')).toBe(lines.join('\n').replace("'../../lib'", "'gatewright'"));
});

test('the first stack declares two hosts, with the provider beside them', () => {
  const folder = join(outdir, 'stacks/gateway');
  const stack: unknown = JSON.parse(readFileSync(join(folder, 'cdk.tf.json'), 'utf8'));
  expect(stack).toMatchObject({
    resource: { gatewright_host: { one: { address: '192.0.2.6' }, two: { address: '192.0.2.7' } } },
    terraform: { required_providers: { gatewright: { source: 'gatewright/gatewright' } } },
  });
  expect(readFileSync(join(folder, '.terraform.lock.hcl'), 'utf8')).toContain('gatewright/gatewright');
});

test('the lines of the plain HCL are accepted', () => {
  const lines = [...block('hcl').matchAll(/^ +"(.+)" += "(.+)"$/gm)];
  const parts = Object.fromEntries(lines.map(([, name, text]) => [name ?? '', text ?? '']));
  const { declared, problems } = parseParts(parts);
  expect(problems).toEqual([]);
  expect(declared.map(({ declaration }) => declaration.kind)).toEqual(['sysctl', 'rule']);
});

test('every command that the pages name is a script of the package', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    'docs/troubleshooting.md',
    'docs/parts.md',
    'examples/cluster-ip/README.md',
  ].map((page) => readFileSync(join(__dirname, '../..', page), 'utf8'));
  const named = [...pages.join('\n').matchAll(/\bnpm (?:run ([\w:]+)|(test)\b)/g)].map(
    ([, run, own]) => run ?? own ?? '',
  );
  expect(named).toContain('demo');
  expect(named.filter((script) => !(script in manifest.scripts))).toEqual([]);
});
