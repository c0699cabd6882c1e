// The lab's record of what it made, and who its processes are.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLedger, LEDGER_FILE, makerEntry, readLedger, writeLedger } from '../../lib/lab/ledger';
import { end, identify, isRunning } from '../../lib/lab/process-identity';

const EMPTY = { waiters: [], hosts: {} };
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gatewright-ledger-'));
});

afterEach(() => {
  rmSync(dir, { recursive: true });
});

describe('the ledger', () => {
  test('is read as it was written, and is private', () => {
    const keeper = { pid: 7, startTicks: '12', bootId: 'boot' };
    const ledger = {
      keeper,
      waiters: [keeper],
      hosts: { gw: { init: keeper, switchPorts: { eth0: 'port.0' } } },
    };
    createLedger(dir, EMPTY);
    writeLedger(dir, ledger);
    expect(readLedger(dir)).toEqual(ledger);
    expect(readdirSync(dir)).toEqual([LEDGER_FILE]);
    expect(statSync(join(dir, LEDGER_FILE)).mode & 0o777).toBe(0o600);
  });

  test('names this process as its maker', () => {
    expect(makerEntry().maker?.pid).toBe(process.pid);
  });

  test('is created by one `up` alone', () => {
    createLedger(dir, EMPTY);
    expect(() => {
      createLedger(dir, EMPTY);
    }).toThrow(`there is a lab in ${dir} already`);
  });

  test('is absent from an absent and from an empty folder', () => {
    expect(readLedger(dir)).toBeUndefined();
    expect(readLedger(join(dir, 'none'))).toBeUndefined();
  });

  test('that was cut short names nothing, since nothing was made before it was whole', () => {
    writeFileSync(join(dir, LEDGER_FILE), '{ "maker": {');
    expect(readLedger(dir)).toEqual(EMPTY);
  });

  test('is never looked for among other people’s files', () => {
    mkdirSync(join(dir, 'src'));
    expect(() => readLedger(dir)).toThrow(`${dir} holds files but no lab`);
  });
});

describe('a process', () => {
  test('runs until it has ended, and `end` waits for that', async () => {
    const child = spawn('sleep', ['60']);
    const identity = identify(child.pid ?? 0);
    if (identity === undefined) throw new Error('the child is not there');
    expect(isRunning(identity)).toBe(true);
    const exit = once(child, 'exit');
    await end(identity);
    expect(isRunning(identity)).toBe(false);
    expect(await exit).toEqual([null, 'SIGKILL']);
    await end(identity);
  });

  test.each([
    ['that started at another time', { startTicks: '1' }],
    ['of another boot', { bootId: 'another' }],
  ])('with the same pid %s is another one and is left alone', async (_name, difference) => {
    const own = identify(process.pid);
    if (own === undefined) throw new Error('this process is not there');
    const other = { ...own, ...difference };
    expect(isRunning(own)).toBe(true);
    expect(isRunning(other)).toBe(false);
    await end(other);
    expect(isRunning(own)).toBe(true);
  });

  test('that is not there has no identity', () => {
    expect(identify(4_194_305)).toBeUndefined();
  });
});
