// A host whose state real Terraform takes up is looked at from there on, once; and by no command that does not read hosts.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { providerForFile } from './fixtures/provider-for-file';
import { TerraformFolder } from './fixtures/terraform-folder';

const HOST = '192.0.2.1:22';

const build = providerForFile('test/provider/file-provider.ts').folder;
let folder: TerraformFolder;

beforeEach(async () => {
  folder = new TerraformFolder(build);
  folder.write('parts = { a = "sysctl a.b=1" }');
  folder.setHost({ scopes: {} });
  await succeed('init');
  await succeed('apply', '-auto-approve');
  folder.calls();
});

afterEach(() => {
  folder.remove();
});

test.each([
  ['a plan', ['plan']],
  ['a plan that only refreshes', ['plan', '-refresh-only']],
  ['a plan to destroy', ['plan', '-destroy']],
  ['an apply', ['apply', '-auto-approve']],
])('is read where its state is taken up: %s', async (_what, words) => {
  await succeed(...words);
  const calls = callsAtHosts();
  expect(calls.slice(0, 2)).toEqual([`connect root@${HOST}`, `look ${HOST}`]);
  expect(calls).not.toContain(`refresh ${HOST}`);
});

test('a change is applied over a connection that was opened once it was planned', async () => {
  folder.write('parts = { a = "sysctl a.b=2" }');
  await succeed('apply', '-auto-approve');
  const calls = callsAtHosts().filter((call) => !call.startsWith('close '));
  const applies = [`connect root@${HOST}`, `apply ${HOST}`];
  expect(calls).toEqual([`connect root@${HOST}`, `look ${HOST}`, `plan ${HOST}`, ...applies]);
});

test.each([
  ['validate', ['validate']],
  ['show', ['show']],
  ['state show', ['state', 'show', 'gatewright_host.gateway']],
  ['state mv', ['state', 'mv', 'gatewright_host.gateway', 'gatewright_host.other']],
])('is not reached by %s', async (_what, words) => {
  await succeed(...words);
  expect(callsAtHosts()).toEqual([]);
});

test('is not read where Terraform is told to read no host: what is planned then is all that is asked', async () => {
  await succeed('plan', '-refresh=false');
  expect(callsAtHosts()).toEqual([`connect root@${HOST}`, `plan ${HOST}`, `close root@${HOST}`]);
});

test('an unreachable one is an error of the plan, after one attempt', async () => {
  folder.removeFile(`hosts/${HOST}.json`);
  const { exitCode, output } = await folder.run('plan');
  expect(exitCode).toBe(1);
  expect(output).toContain(`Host cannot be reached: root@${HOST}`);
  expect(callsAtHosts()).toEqual([`connect root@${HOST}`]);
});

function callsAtHosts(): readonly string[] {
  return folder.calls().filter((call) => !call.startsWith('process '));
}

async function succeed(...words: readonly string[]): Promise<void> {
  const { exitCode, output } = await folder.run(...words);
  expect(exitCode, output).toBe(0);
}
