// How many roots of kernel hosts a machine keeps, and which go first.
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chooseRoot, removeOldRoots } from '../../../lib/lab/kernel/root-cache';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatewright-roots-'));
  for (let age = 1; age <= 9; age += 1) {
    const then = Date.now() / 1000 - age * 3600;
    writeFileSync(join(folder, `lab-root-0${age}.ext4`), '');
    utimesSync(join(folder, `lab-root-0${age}.ext4`), then, then);
  }
  writeFileSync(join(folder, 'lab-root-09.ext4.lock'), '');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const left = (): string[] =>
  readdirSync(folder).flatMap((name) => /^lab-root-0(\d)\.ext4$/.exec(name)?.slice(1) ?? []);

test('the six that were chosen last stay', () => {
  removeOldRoots(folder, '');
  expect(left()).toEqual(['1', '2', '3', '4', '5', '6']);
  expect(readdirSync(folder)).toContain('lab-root-09.ext4.lock');
});

test('one that is chosen again stays, as old as it was, since hosts that run from it would not boot again', () => {
  const { mtimeMs } = statSync(join(folder, 'lab-root-09.ext4'));
  expect(chooseRoot(join(folder, 'lab-root-09.ext4'))).toBe(true);
  expect(chooseRoot(join(folder, 'lab-root-10.ext4'))).toBe(false);
  removeOldRoots(folder, '');
  expect(left()).toEqual(['1', '2', '3', '4', '5', '9']);
  expect(statSync(join(folder, 'lab-root-09.ext4')).mtimeMs).toBe(mtimeMs);
});

test('one that a host runs from stays', () => {
  const { ino } = statSync(join(folder, 'lab-root-08.ext4'));
  removeOldRoots(folder, `1: POSIX  ADVISORY  READ 32676 fe:00:${ino} 0 EOF\n`);
  expect(left()).toEqual(['1', '2', '3', '4', '5', '6', '8']);
});
