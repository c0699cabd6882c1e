// Whether Terraform's command line asks for hosts to be left unread, as it stands in /proc and in the environment.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { isRefreshOff } from '../../lib/provider/terraform-command';

let child: ChildProcess | undefined;

afterEach(async () => {
  if (child === undefined) return;
  const ended = once(child, 'exit');
  child.kill();
  await ended;
  child = undefined;
});

test.each([
  [['plan', '-refresh=false'], true],
  [['plan', '--refresh=false', '-out', 'file'], true],
  [['apply', '-auto-approve', '-refresh=0'], true],
  [['plan', '-refresh=F'], true],
  [['plan'], false],
  [['plan', '-refresh=true'], false],
  [['plan', '-refresh-only'], false],
  [['plan', '-var=x-refresh=false'], false],
  [['plan', '-refresh=falsely'], false],
])('of %j: %s', async (words, expected) => {
  // Its own words come after the script's, as a command's come after its name.
  child = spawn(process.execPath, ['-e', 'process.stdin.resume()', '--', ...words]);
  await once(child, 'spawn');
  expect(isRefreshOff(child.pid ?? 0, {})).toBe(expected);
});

test.each([
  [{ TF_CLI_ARGS: '-no-color -refresh=false' }, true],
  [{ TF_CLI_ARGS_plan: `'-refresh=false' -compact-warnings` }, true],
  [{ TF_CLI_ARGS_apply: '-refresh=true' }, false],
  [{ OTHER_TF_CLI_ARGS: '-refresh=false' }, false],
])('of the environment %j: %s', (environment, expected) => {
  expect(isRefreshOff(process.pid, environment)).toBe(expected);
});

test('of a process that is gone: false', () => {
  expect(isRefreshOff(0, {})).toBe(false);
});
