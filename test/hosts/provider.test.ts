// The provider under real Terraform: a whole life of a host in plain HCL, and every way in which a change can end.
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { providerForFile } from './fixtures/provider-for-file';
import { TerraformFolder } from './fixtures/terraform-folder';

const EMPTY = { scopes: {} };
const PARTS = 'parts = { "10-a" = "sysctl a.b=1\\n", "20-b" = "iptables -A INPUT -j ACCEPT\\n" }';

const build = providerForFile('test/provider/file-provider.ts').folder;
let folder: TerraformFolder;

beforeEach(async () => {
  folder = new TerraformFolder(build);
  folder.write(PARTS);
  folder.setHost(EMPTY);
  await succeed('init');
});

afterEach(() => {
  folder.remove();
});

test('init finds the provider offline and without a warning, and one rebuilt under its version is no stranger', async () => {
  const locked =
    /provider "registry\.terraform\.io\/gatewright\/gatewright" \{\n {2}version +=.*\n {2}constraints = "[\d.]+"\n {2}hashes = \[\n/;
  expect(folder.readFile('.terraform.lock.hcl')).toMatch(locked);
  expect(await succeed('init')).not.toContain('Incomplete lock file');

  const rebuilt = mkdtempSync(join(tmpdir(), 'gatewright-build-'));
  try {
    cpSync(build, rebuilt, { recursive: true });
    appendFileSync(join(rebuilt, 'gatewright-provider.js'), '\n// rebuilt\n');
    folder.install(rebuilt);
    await succeed('plan');
    expect(await succeed('init')).not.toContain('Incomplete lock file');
  } finally {
    rmSync(rebuilt, { recursive: true });
  }
});

test('a host lives: plan, apply, no changes, update, destroy, and each launch ends by itself', async () => {
  const planned = await succeed('plan');
  expect(planned).toMatch(/\+ chain_prefix \s*= "GW-"/);
  expect(planned).toMatch(/\+ lock_timeout_seconds \s*= 30/);
  expect(planned).toMatch(/\+ id \s*= \(known after apply\)/);
  const applied = await succeed('apply', '-auto-approve');
  expect(applied).toContain('Apply complete! Resources: 1 added, 0 changed, 0 destroyed.');
  expect(await exitCodeOf('plan', '-detailed-exitcode')).toBe(0);

  folder.write('parts = { "10-a" = "sysctl a.b=2\\n", "20-b" = "iptables -A INPUT -j ACCEPT\\n" }');
  const update = await succeed('plan');
  expect(update).toContain('- sysctl a.b=1');
  expect(update).toContain('+ sysctl a.b=2');
  expect(update).toContain('# (1 unchanged element hidden)');
  await succeed('apply', '-auto-approve');
  expect(folder.host()).toMatchObject({ scopes: { default: { parts: { '10-a': 'sysctl a.b=2\n' } } } });

  const destroyed = await succeed('destroy', '-auto-approve');
  expect(destroyed).toContain('Warning: Host will be left as it was found');
  expect(folder.host()).toEqual(EMPTY);
  for (const output of [planned, applied, destroyed])
    expect(output).not.toContain('failed to exit gracefully');
});

test('drift stands in the plan by line, what is not ours as a part to be removed, and apply repairs it', async () => {
  await succeed('apply', '-auto-approve');
  setParts({
    '10-a': 'sysctl a.b=0\n',
    '20-b': 'iptables -A INPUT -j ACCEPT\n',
    '~unexpected': 'iptables -A GW-X -j DROP\n',
  });
  const planned = await succeed('plan');
  expect(planned).toContain('- sysctl a.b=0');
  expect(planned).toContain('+ sysctl a.b=1');
  expect(planned).toMatch(/- "~unexpected" = <<-EOT\n +iptables -A GW-X -j DROP\n +EOT -> null/);
  await succeed('apply', '-auto-approve');
  expect(await exitCodeOf('plan', '-detailed-exitcode')).toBe(0);
});

test('the same meaning in other words is no change, and a new user is a change in place', async () => {
  await succeed('apply', '-auto-approve');
  folder.write('parts = { "10-a" = "sysctl   a.b=1", "20-b" = "iptables -A INPUT -j ACCEPT" }');
  expect(await exitCodeOf('plan', '-detailed-exitcode')).toBe(0);
  folder.write(`user = "admin"\n  ${PARTS}`);
  const planned = await succeed('plan');
  expect(planned).toMatch(/\+ user \s*= "admin"/);
  expect(planned).toContain('0 to add, 1 to change, 0 to destroy');
});

test('another scope replaces', async () => {
  await succeed('apply', '-auto-approve');
  folder.write(`scope = "web"\n  chain_prefix = "WEB-"\n  ${PARTS}`);
  const replaced = await succeed('apply', '-auto-approve');
  expect(replaced).toMatch(/scope += "default" -> "web" # forces replacement/);
  expect(folder.host()).toMatchObject({ scopes: { web: {} } });
  expect(folder.host()).not.toMatchObject({ scopes: { default: {} } });
});

test('a failed create is not tainted: no state, and the next apply creates', async () => {
  folder.setHost({ ...EMPTY, next: 'fail' });
  const failed = await folder.run('apply', '-auto-approve');
  expect(failed.exitCode).toBe(1);
  expect(failed.output).toContain('Error: Apply failed and was undone');
  expect(await succeed('state', 'list')).toBe('');
  folder.setHost(EMPTY);
  expect(await succeed('apply', '-auto-approve')).toContain('1 added, 0 changed, 0 destroyed');
});

test('a failed update and a failed destroy keep the state that is live', async () => {
  await succeed('apply', '-auto-approve');
  folder.write('parts = { "10-a" = "sysctl a.b=2" }');
  failNext();
  expect(await exitCodeOf('apply', '-auto-approve')).toBe(1);
  expect(await succeed('plan')).toContain('0 to add, 1 to change, 0 to destroy');
  expect(await exitCodeOf('destroy', '-auto-approve')).toBe(1);
  expect(await succeed('state', 'list')).toBe('gatewright_host.gateway\n');
});

test('a saved plan is refused once the host has changed', async () => {
  await succeed('apply', '-auto-approve');
  folder.write('parts = { "10-a" = "sysctl a.b=2" }');
  await succeed('plan', '-out', 'saved');
  setParts({ '10-a': 'sysctl a.b=7' });
  const refused = await folder.run('apply', 'saved');
  expect(refused.exitCode).toBe(1);
  expect(refused.output).toContain('Error: Host was changed since the plan');
});

test('an import into an empty state leaves nothing to change', async () => {
  folder.write(`user = "ops"\n  bastion = { address = "198.51.100.1" }\n  ${PARTS}`);
  await succeed('apply', '-auto-approve');
  folder.removeFile('terraform.tfstate');
  expect(await succeed('import', 'gatewright_host.gateway', 'default@192.0.2.1:22')).toContain(
    'Import successful!',
  );
  expect(await succeed('plan', '-detailed-exitcode')).toContain('No changes.');
});

test('Ctrl-C aborts a running apply, which rolls back and leaves no state', async () => {
  folder.setHost({ ...EMPTY, next: 'wait' });
  const { process: terraform, ended } = folder.start('apply', '-auto-approve');
  await untilCalled('apply 192.0.2.1:22');
  // A terminal interrupts the whole process group, the provider included.
  process.kill(-(terraform.pid ?? 0), 'SIGINT');
  const { exitCode, output } = await ended;
  expect(exitCode).toBe(1);
  expect(output).toContain('Error: Apply failed and was undone');
  expect(output).toContain('stopped by Terraform');
  expect(await succeed('state', 'list')).toBe('');
});

test('a closed terminal ends Terraform, and then the provider, which rolls back first', async () => {
  folder.setHost({ ...EMPTY, next: 'wait' });
  const { process: terraform, ended } = folder.start('apply', '-auto-approve');
  const calls = await untilCalled('apply 192.0.2.1:22');
  process.kill(-(terraform.pid ?? 0), 'SIGHUP');
  await ended;
  const pid = Number(calls.findLast((call) => call.startsWith('process '))?.split(' ')[1]);
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  // It closed its connection itself.
  expect(folder.calls()).toContain('close root@192.0.2.1:22');
});

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'a provider whose Terraform was ended by %s ends too',
  async (signal) => {
    folder.setHost({ ...EMPTY, next: 'wait' });
    const { process: terraform, ended } = folder.start('apply', '-auto-approve');
    const calls = await untilCalled('apply 192.0.2.1:22');
    terraform.kill(signal);
    await ended;
    const pid = Number(calls.findLast((call) => call.startsWith('process '))?.split(' ')[1]);
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  },
);

test.each([
  [
    'a bad port',
    `port = 70000\n  ${PARTS}`,
    ['Error: Bad value for port', 'port = 70000', 'allowed: a whole number'],
  ],
  ['a null part', 'parts = { x = null }', ['Error: Bad value for parts["x"]']],
  ['a part of ours', 'parts = { "~x" = "y" }', ['Error: Bad value for parts["~x"]']],
  [
    'a removing line',
    'parts = { x = "iptables -F" }',
    ['Error: a part says what is', 'to do: leave the line out instead'],
  ],
  ['a wrong type', 'parts = "x"', ['attribute "parts": map of string required']],
  ['no parts', '', ['The argument "parts" is required']],
])('says what is wrong with %s before any host is reached', async (_name, block, texts) => {
  folder.calls();
  folder.write(block);
  const { exitCode, output } = await folder.run('plan');
  expect(exitCode).toBe(1);
  for (const text of texts) expect(output).toContain(text);
  expect(folder.calls().filter((call) => !call.startsWith('process'))).toEqual([]);
});

test('values that are known only after apply are planned without a look, and applied', async () => {
  folder.writeFile('other.tf', 'resource "terraform_data" "other" { input = "sysctl a.b=3" }');
  folder.write('parts = { a = terraform_data.other.output, b = "sysctl c.d=1" }');
  expect(await succeed('plan')).toContain('Warning: Part is not known yet');
  await succeed('apply', '-auto-approve');
  expect(folder.host()).toMatchObject({
    scopes: { default: { parts: { a: 'sysctl a.b=3', b: 'sysctl c.d=1' } } },
  });
  expect(await exitCodeOf('plan', '-detailed-exitcode')).toBe(0);
});

test.each([
  ['alone', '', 'a = terraform_data.other.output, b = "sysctl   c.d=1"'],
  ['beside a new user', 'user = "ops"', 'a = terraform_data.other.output, b = "sysctl   c.d=1"'],
])(
  'a part that turns out as it was, %s, gives the apply no other plan than was shown',
  async (_name, user, parts) => {
    const other = (trigger: number) =>
      `resource "terraform_data" "other" {\n  input = "sysctl a.b=3"\n  triggers_replace = ${trigger}\n}`;
    folder.writeFile('other.tf', other(1));
    folder.write('parts = { a = terraform_data.other.output, b = "sysctl c.d=1" }');
    await succeed('apply', '-auto-approve');
    folder.writeFile('other.tf', other(2));
    folder.write(`${user}\n  parts = { ${parts} }`);
    await succeed('apply', '-auto-approve');
    expect(await exitCodeOf('plan', '-detailed-exitcode')).toBe(0);
  },
);

test('ten megabytes of parts pass through plan, apply and refresh', async () => {
  const lines = Array.from(
    { length: 20 },
    (_, index) => `iptables -t nat -A GW-X -j GW-ENDPOINT-${index} ${'x'.repeat(60)}\n`,
  );
  const names = Array.from({ length: 5000 }, (_, index) => `50-service ${index}`);
  folder.writeFile(
    'parts.json',
    JSON.stringify(Object.fromEntries(names.map((name) => [name, lines.join('')]))),
  );
  folder.write('parts = jsondecode(file("parts.json"))');
  await succeed('apply', '-auto-approve');
  expect(folder.readFile('terraform.tfstate').length).toBeGreaterThan(10_000_000);
  expect(await exitCodeOf('plan', '-detailed-exitcode')).toBe(0);
});

async function succeed(...words: readonly string[]): Promise<string> {
  const { exitCode, output } = await folder.run(...words);
  expect(exitCode, output).toBe(0);
  return output;
}

async function exitCodeOf(...words: readonly string[]): Promise<number | null> {
  return (await folder.run(...words)).exitCode;
}

async function untilCalled(call: string): Promise<readonly string[]> {
  const calls: string[] = [];
  await expect
    .poll(() => calls.push(...folder.calls()) > 0 && calls.includes(call), { timeout: 30_000 })
    .toBe(true);
  return calls;
}

function setParts(parts: Readonly<Record<string, string>>): void {
  const host = folder.host();
  const changed: unknown = JSON.parse(JSON.stringify(host), (key, value: unknown) =>
    key === 'parts' ? parts : value,
  );
  folder.writeFile('hosts/192.0.2.1:22.json', JSON.stringify(changed));
}

function failNext(): void {
  folder.writeFile('hosts/192.0.2.1:22.json', JSON.stringify({ ...Object(folder.host()), next: 'fail' }));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
