// A process is told by its number and its start.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { findProcess, isRunning } from '../../lib/provider/process-id';

test('this process runs, one that started at another time under its number does not', () => {
  const own = findProcess(process.pid);
  expect(own).toMatchObject({ pid: process.pid });
  expect(own && isRunning(own)).toBe(true);
  expect(isRunning({ pid: process.pid, started: '1' })).toBe(false);
});

test('one that has ended does not run, and is not found', async () => {
  const child = spawn('sleep', ['60']);
  const found = findProcess(child.pid ?? 0);
  expect(found && isRunning(found)).toBe(true);
  child.kill();
  await once(child, 'close');
  expect(found && isRunning(found)).toBe(false);
  expect(findProcess(child.pid ?? 0)).toBe(undefined);
});

test('one that waits to be reaped does not run', async () => {
  // The shell does not wait for its child.
  const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const child = findProcess(Number(line.toString()));
  await expect.poll(() => child && isRunning(child)).toBe(false);
  expect(findProcess(child?.pid ?? 0)).toEqual(child);
  parent.kill();
});
