// `npm run provider:install` and the provider that is really shipped, as far as they go without a host.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LAUNCHER } from '../../lib/install/launcher';
import manifest from '../../package.json';

const ROOT = join(__dirname, '..', '..');

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatewright-plain-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('a folder of plain HCL gets the provider, and the text that it prints is a configuration that is valid', () => {
  const { stdout, status } = install(folder);
  expect(status).toBe(0);
  expect(stdout).toContain(`Gatewright ${manifest.version} is installed in ${folder}:`);
  const hcl = stdout.slice(stdout.indexOf('  terraform {'), stdout.indexOf('\nThen, in that folder'));
  writeFileSync(join(folder, 'main.tf'), hcl);
  expect(terraform('init').status).toBe(0);
  expect(terraform('validate')).toMatchObject({
    status: 0,
    stdout: 'Success! The configuration is valid.\n\n',
  });
});

test('the shipped provider checks the lines of a part before any host is reached', () => {
  install(folder);
  writeFileSync(
    join(folder, 'main.tf'),
    `terraform {
      required_providers { gatewright = { source = "gatewright/gatewright" } }
    }
    resource "gatewright_host" "gateway" {
      address = "192.0.2.1"
      parts   = { "10-a" = "sysctl net.ipv4.ip_forward=1\\niptables -F" }
    }`,
  );
  terraform('init');
  const { status, stderr } = terraform('validate');
  expect(status).toBe(1);
  expect(stderr).toContain('Error: ');
  expect(stderr).toContain('part "10-a", line 2');
});

test('the package installs itself from its build as from its source', () => {
  const module = join(ROOT, 'dist/lib/install/provider.js');
  const script = `require(${JSON.stringify(module)}).installProvider(${JSON.stringify(folder)})`;
  execFileSync(process.execPath, [join(ROOT, 'scripts/build.js')]);
  execFileSync(process.execPath, ['-e', script], { cwd: '/' });
  const [launcher] = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith(`terraform-provider-gatewright_v${manifest.version}`),
  );
  const text = readFileSync(join(folder, launcher ?? ''), 'utf8');
  expect(text).toBe(LAUNCHER);
  // No absolute path but those of every Linux: the folder may move.
  expect(text.match(/(?<![\w}*])\/[a-z]+/g)).toEqual([
    '/bin',
    '/proc',
    '/proc',
    '/tmp',
    '/dev',
    '/dev',
    '/dev',
  ]);
});

test('the provider started by hand says what it is, prints nothing else and fails', () => {
  install(folder);
  const plugins = join(folder, 'terraform.d/plugins/registry.terraform.io');
  const [launcher] = readdirSync(plugins, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.includes('_v'),
  );
  const { status, stdout, stderr } = spawnSync(join(plugins, launcher ?? ''), { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^This is a plugin of Terraform, the provider gatewright\/gatewright/);
});

test.each([
  ['--help', 0, /^Usage: provider:install -- DIR\n/, /^$/],
  ['/nowhere/at/all', 1, /^$/, /^\/nowhere\/at\/all is no folder\nto do: name a folder/],
])('answers %s', (word, status, stdout, stderr) => {
  const answer = install(word);
  expect(answer.status).toBe(status);
  expect(answer.stdout).toMatch(stdout);
  expect(answer.stderr).toMatch(stderr);
});

function install(word: string): { status: number | null; stdout: string; stderr: string } {
  execFileSync(process.execPath, [join(ROOT, 'scripts/build.js')]);
  const tsx = require.resolve('tsx/cli');
  const words = [tsx, join(ROOT, 'lib/cli/provider-install.ts'), word];
  return spawnSync(process.execPath, words, { encoding: 'utf8', cwd: ROOT });
}

function terraform(...words: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const environment = {
    PATH: process.env.PATH,
    HOME: folder,
    CHECKPOINT_DISABLE: '1',
    TF_CLI_ARGS: '-no-color',
  };
  return spawnSync('terraform', words, { cwd: folder, encoding: 'utf8', env: environment });
}
