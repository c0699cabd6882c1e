// Secrets of the provider, from its block or from the environment: in no state, log, output, plan or process list of a real run.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { providerForFile } from './fixtures/provider-for-file';
import { TerraformFolder } from './fixtures/terraform-folder';

const KEY = '-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0LWtleQ\n-----END OPENSSH PRIVATE KEY-----\n';
const SECRETS = { private_key: KEY, password: 'hunter22-login', sudo_password: 'hunter33-root' };
const SECRET_WORDS = /c2VjcmV0LWtleQ|hunter22-login|hunter33-root/;

const IN_BLOCK = Object.entries(SECRETS).map(([name, text]) => `${name} = ${JSON.stringify(text)}`);
const IN_ENVIRONMENT = Object.fromEntries(
  Object.entries(SECRETS).map(([name, text]) => [`GATEWRIGHT_${name.toUpperCase()}`, text]),
);
const WAYS = [
  ['the provider block', `provider "gatewright" {\n${IN_BLOCK.join('\n')}\n}`, {}],
  ['the environment', '', IN_ENVIRONMENT],
] as const;
const PARTS = 'parts = { a = "sysctl a.b=1" }';

const build = providerForFile('test/provider/file-provider.ts').folder;
let folder: TerraformFolder;

afterEach(() => {
  folder.remove();
});

test.each(WAYS)(
  'secrets of %s are in no log at its loudest, no state and no file',
  async (_name, block, more) => {
    folder = new TerraformFolder(build, { TF_LOG: 'TRACE', GATEWRIGHT_TRACE: '1', ...more });
    folder.write(PARTS, block);
    folder.setHost({ scopes: {} });
    for (const words of [
      ['init'],
      ['apply', '-auto-approve'],
      ['plan'],
      ['show', '-json'],
      ['destroy', '-auto-approve'],
    ]) {
      const { exitCode, output } = await folder.run(...words);
      expect(exitCode, output).toBe(0);
      expect(linesWithSecrets(output)).toEqual([]);
    }
    folder.removeFile('main.tf');
    expect(filesWithSecrets()).toEqual([]);
  },
);

test.each(WAYS)('secrets of %s are in no error', async (_name, block, more) => {
  folder = new TerraformFolder(build, { TF_LOG: 'TRACE', ...more });
  // Nothing is known of this host, so it cannot be reached.
  folder.write(PARTS, block);
  await folder.run('init');
  const { exitCode, output } = await folder.run('plan');
  expect([exitCode, output]).toEqual([1, expect.stringContaining('Error: Host cannot be reached')]);
  expect(linesWithSecrets(output)).toEqual([]);
});

test.each(WAYS)('secrets of %s are in no process list during an apply', async (_name, block, more) => {
  folder = new TerraformFolder(build, more);
  folder.write(PARTS, block);
  folder.setHost({ scopes: {}, next: 'wait' });
  await folder.run('init');
  const { process: terraform, ended } = folder.start('apply', '-auto-approve');
  const calls: string[] = [];
  await expect
    .poll(() => calls.push(...folder.calls()) > 0 && calls.includes('apply 192.0.2.1:22'), {
      timeout: 30_000,
    })
    .toBe(true);
  const lines = commandLines();
  process.kill(-(terraform.pid ?? 0), 'SIGINT');
  await ended;
  expect(lines.filter((line) => line.includes('start.js'))).not.toEqual([]);
  expect(lines.filter((line) => SECRET_WORDS.test(line))).toEqual([]);
});

function linesWithSecrets(output: string): string[] {
  return output.split('\n').filter((line) => SECRET_WORDS.test(line));
}

function filesWithSecrets(): string[] {
  return readdirSync(folder.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => SECRET_WORDS.test(readFileSync(path, 'utf8')));
}

/** Of every process that can be seen; one may end meanwhile. */
function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(join('/proc', pid, 'cmdline'), 'utf8');
      } catch {
        return '';
      }
    });
}
