// One provider for a whole command of Terraform: who joins it, what it remembers, and that it goes with Terraform, however that ends.
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findProcess, isRunning } from '../../lib/provider/process-id';
import { processTree } from './fixtures/process-tree';
import { providerForFile } from './fixtures/provider-for-file';
import { TerraformFolder } from './fixtures/terraform-folder';

const HOST = '192.0.2.1:22';
const PARTS = 'parts = { a = "sysctl a.b=1" }';
const OTHER_PARTS = 'parts = { a = "sysctl a.b=2" }';

const build = providerForFile('test/provider/file-provider.ts').folder;
let folder: TerraformFolder;
let temporary = '';

beforeEach(async () => {
  temporary = mkdtempSync(join(tmpdir(), 'gatewright-stays-'));
  await use({});
});

afterEach(() => {
  folder.remove();
  rmSync(temporary, { recursive: true });
});

describe('one command', () => {
  test('is served by one process, which goes with it and leaves nothing behind', async () => {
    await succeed('apply', '-auto-approve');
    const processes = processesIn(folder.calls());
    expect(processes).toHaveLength(1);
    await expect.poll(() => processes.some(isAlive)).toBe(false);
    await expect.poll(() => readdirSync(temporary)).toEqual([]);
    await succeed('plan');
    expect(processesIn(folder.calls())).toHaveLength(1);
  });

  test('is served by a process for each launch with GATEWRIGHT_STAY=no', async () => {
    folder.remove();
    await use({ GATEWRIGHT_STAY: 'no' });
    await succeed('apply', '-auto-approve');
    expect(processesIn(folder.calls())).toHaveLength(4);
    await succeed('plan');
    expect(processesIn(folder.calls())).toHaveLength(3);
  });

  test('logs in each launch what that launch says', async () => {
    folder.remove();
    await use({ GATEWRIGHT_TRACE: '1', TF_LOG_PROVIDER: 'DEBUG' });
    const output = await succeed('apply', '-auto-approve');
    const traced = [...output.matchAll(/gatewright trace: (\w+)/g)].map(([, name]) => name);
    expect(traced.filter((name) => name === 'handshake')).toHaveLength(4);
    expect(traced).toEqual(
      expect.arrayContaining(['GetProviderSchema', 'ConfigureProvider', 'ApplyResourceChange']),
    );
  });

  test('works with several providers of ours at once', async () => {
    folder.setHost({ scopes: {} }, '192.0.2.2:22');
    const second = `resource "gatewright_host" "second" {
  provider = gatewright.second
  address  = "192.0.2.2"
  ${PARTS}
}`;
    folder.write(PARTS, `provider "gatewright" {\n  alias = "second"\n}\n${second}`);
    await succeed('apply', '-auto-approve');
    expect([HOST, '192.0.2.2:22'].map((name) => folder.host(name))).toMatchObject(
      Array.from({ length: 2 }, () => ({ scopes: { default: { parts: { a: 'sysctl a.b=1' } } } })),
    );
    expect(await succeed('plan')).toContain('No changes.');
  });
});

describe('a plan that the apply asks for again', () => {
  test.each([
    ['a create', []],
    ['an update', [PARTS]],
  ])('is looked for on the host once: %s', async (_what, before) => {
    for (const block of before) {
      folder.write(block);
      await succeed('apply', '-auto-approve');
    }
    folder.calls();
    folder.write(OTHER_PARTS);
    await succeed('apply', '-auto-approve');
    expect(folder.calls().filter((call) => /^(plan|apply) /.test(call))).toEqual([
      `plan ${HOST}`,
      `apply ${HOST}`,
    ]);
    expect(folder.host()).toMatchObject({ scopes: { default: { parts: { a: 'sysctl a.b=2' } } } });
  });

  test('is planned anew where a part has become known since', async () => {
    folder.writeFile('other.tf', 'resource "terraform_data" "other" { input = "sysctl a.b=3" }');
    folder.write('parts = { a = terraform_data.other.output }');
    await succeed('apply', '-auto-approve');
    expect(folder.calls().filter((call) => call.startsWith('plan '))).toEqual([
      `plan ${HOST}`,
      `plan ${HOST}`,
    ]);
    expect(folder.host()).toMatchObject({ scopes: { default: { parts: { a: 'sysctl a.b=3' } } } });
  });

  test('is planned anew in each run of `terraform test`', async () => {
    folder.writeFile(
      'two.tftest.hcl',
      'run "looks" {\n  command = plan\n}\nrun "looks_again" {\n  command = plan\n}\nrun "makes" {\n  command = apply\n}\n',
    );
    await succeed('test');
    const calls = folder.calls().filter((call) => /^(plan|apply) /.test(call));
    // The third run looks before what it shows, and not again for what it does.
    expect(calls.slice(0, 4)).toEqual([`plan ${HOST}`, `plan ${HOST}`, `plan ${HOST}`, `apply ${HOST}`]);
  });

  test('is planned anew from a saved plan, by another Terraform', async () => {
    await succeed('plan', '-out=plan');
    folder.calls();
    await succeed('apply', 'plan');
    expect(folder.calls()).toContain(`plan ${HOST}`);
  });
});

describe('the process goes, and what it does is given up,', () => {
  test.each(['SIGTERM', 'SIGKILL'] as const)('when Terraform is ended by %s', async (signal) => {
    const { terraform, stayer, ended } = await waiting();
    terraform.kill(signal);
    await ended;
    await expect.poll(() => isAlive(stayer), { timeout: 10_000 }).toBe(false);
    // It took leave of its host.
    expect(folder.calls()).toContain(`close root@${HOST}`);
    await expect.poll(() => readdirSync(temporary)).toEqual([]);
  });

  test('when the process that Terraform started for the launch is killed', async () => {
    const { terraform, stayer, ended } = await waiting();
    const launches = processTree(terraform.pid ?? 0).filter(({ name }) => name === 'cat');
    expect(launches).toHaveLength(1);
    for (const { pid } of launches) process.kill(pid, 'SIGKILL');
    const { exitCode } = await ended;
    expect(exitCode).toBe(1);
    const seen: string[] = [];
    await expect
      .poll(() => seen.push(...folder.calls()) > 0 && seen.includes(`close root@${HOST}`))
      .toBe(true);
    await expect.poll(() => isAlive(stayer), { timeout: 10_000 }).toBe(false);
  });

  test('and Terraform is told, when it is killed itself; what it leaves goes with the next run', async () => {
    const { stayer, ended } = await waiting();
    process.kill(stayer, 'SIGKILL');
    const { exitCode, output } = await ended;
    expect([exitCode, output]).toEqual([
      1,
      expect.stringMatching(/Error: (Plugin did not respond|Request cancelled)/),
    ]);
    expect(readdirSync(temporary)).not.toEqual([]);
    folder.setHost({ scopes: {} });
    await succeed('apply', '-auto-approve');
    const runs = (): string[] => readdirSync(temporary).filter((name) => name.startsWith('gatewright-run-'));
    await expect.poll(runs).toEqual([]);
  });
});

interface Waiting {
  readonly terraform: ChildProcess;
  readonly stayer: number;
  readonly ended: Promise<{ readonly exitCode: number | null; readonly output: string }>;
}

/** An apply that ends only when it is given up. */
async function waiting(): Promise<Waiting> {
  folder.setHost({ scopes: {}, next: 'wait' });
  const { process: terraform, ended } = folder.start('apply', '-auto-approve');
  const calls: string[] = [];
  await expect
    .poll(() => calls.push(...folder.calls()) > 0 && calls.includes(`apply ${HOST}`), { timeout: 30_000 })
    .toBe(true);
  const [stayer = 0] = processesIn(calls);
  return { terraform, stayer, ended };
}

/** A folder whose Terraform has these in its environment. */
async function use(surroundings: NodeJS.ProcessEnv): Promise<void> {
  folder = new TerraformFolder(build, { TMPDIR: temporary, ...surroundings });
  folder.write(PARTS);
  folder.setHost({ scopes: {} });
  await succeed('init');
  folder.calls();
}

async function succeed(...words: readonly string[]): Promise<string> {
  const { exitCode, output } = await folder.run(...words);
  expect(exitCode, output).toBe(0);
  return output;
}

function processesIn(calls: readonly string[]): number[] {
  return calls.flatMap((call) => (call.startsWith('process ') ? [Number(call.split(' ')[1])] : []));
}

/** One that only waits to be reaped is not. */
function isAlive(pid: number): boolean {
  const found = findProcess(pid);
  return found !== undefined && isRunning(found);
}
