// A lab whose processes, or whose `up`, are killed at any moment: `down` leaves nothing, and `up` goes on from there.
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { labDown } from '../../lib/lab/down';
import { readLedger } from '../../lib/lab/ledger';
import { identify } from '../../lib/lab/process-identity';
import type { LabFile } from '../../lib/lab/spec';
import { labUp } from '../../lib/lab/up';
import { findTraces, machineLinks, namespacesOf, NO_TRACES, processesGone } from './fixtures/lab-traces';

const FILE: LabFile = {
  hosts: {
    one: {
      kind: 'namespace',
      links: { eth0: { network: 'lan', addresses: ['192.168.9.1/24'] } },
      serve: [{ port: 80, protocol: 'tcp' }],
    },
    two: { kind: 'bare', links: { eth0: { network: 'lan', addresses: ['192.168.9.2/24'] } } },
  },
};

const folder = mkdtempSync(join(tmpdir(), 'gatewright-crash-'));
const filePath = join(folder, 'file.json');
writeFileSync(filePath, JSON.stringify(FILE));
const linksBefore = machineLinks();
let dir: string;
let number = 0;

beforeEach(() => {
  number += 1;
  dir = join(folder, `lab${number}`);
});

afterEach(async () => {
  await labDown(dir);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function killKeeper(): void {
  const pid = readLedger(dir)?.keeper?.pid;
  if (pid === undefined) throw new Error('the ledger lacks the first process');
  process.kill(pid, 'SIGKILL');
}

describe('a lab that is up', () => {
  test.each([
    ['its first process', ['keeper']],
    ['all processes that wait outside', ['waiters']],
    ['a host’s first process', ['init']],
    ['its first process and those that wait', ['keeper', 'waiters']],
  ] as const)('leaves nothing after %s was killed and it was taken down', async (_name, roles) => {
    await labUp(FILE, dir);
    const namespaces = namespacesOf(dir);
    const ledger = readLedger(dir);
    const victims = {
      keeper: [ledger?.keeper?.pid],
      waiters: ledger?.waiters.map(({ pid }) => pid) ?? [],
      init: [ledger?.hosts['one']?.init.pid],
    };
    for (const pid of roles.flatMap((role): (number | undefined)[] => victims[role])) {
      if (pid === undefined) throw new Error('the ledger lacks a process');
      process.kill(pid, 'SIGKILL');
    }
    expect(await labDown(dir)).toBe(true);
    expect(findTraces(dir, linksBefore, namespaces)).toEqual(NO_TRACES);
  });

  test('ends with its first process, before anyone takes it down', async () => {
    await labUp(FILE, dir);
    const namespaces = namespacesOf(dir);
    killKeeper();
    await processesGone(dir, namespaces);
    expect(findTraces(dir, linksBefore, namespaces)).toEqual({ ...NO_TRACES, folders: [dir] });
  });

  test('ends by itself when somebody removes its folder', async () => {
    await labUp(FILE, dir);
    const namespaces = namespacesOf(dir);
    rmSync(dir, { recursive: true });
    await processesGone(dir, namespaces);
    expect(findTraces(dir, linksBefore, namespaces)).toEqual(NO_TRACES);
  });

  test('is not taken for a lab that ended, the numbers of whose namespaces it may have got', async () => {
    await labUp(FILE, dir);
    expect(findTraces(join(folder, 'ended'), linksBefore, namespacesOf(dir))).toEqual(NO_TRACES);
  });

  test('that died is removed and made anew by the next `up`', async () => {
    await labUp(FILE, dir);
    killKeeper();
    await processesGone(dir);
    const progress: string[] = [];
    const lab = await labUp(FILE, dir, { onProgress: (line) => progress.push(line) });
    expect(progress[0]).toBe(`remains of a lab that ended without \`down\`: removing ${dir}`);
    expect((await lab.exec('two', ['curl', '-sS', 'http://192.168.9.1/'])).stdout).toBe('one 192.168.9.2\n');
  });
});

describe('an `up` that is killed', () => {
  const DELAYS_MS = [0, 5, 10, 20, 40, 60, 80, 100, 130, 160, 200, 250, 300, 400];

  test.each(DELAYS_MS)('%i ms after its start leaves no process, and nothing after `down`', async (delay) => {
    const up = fork(join(__dirname, 'fixtures/lab-up.ts'), [filePath, dir], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await once(up, 'message');
    const killer = setTimeout(() => up.kill('SIGKILL'), delay);
    await once(up, 'exit');
    clearTimeout(killer);
    const isUp = readLedger(dir)?.maker === undefined && readLedger(dir)?.keeper !== undefined;
    if (!isUp) await processesGone(dir);
    await labDown(dir);
    expect(findTraces(dir, linksBefore)).toEqual(NO_TRACES);
  });

  test('by Ctrl-C cleans up after itself', async () => {
    const script = join(__dirname, '../../lib/cli/lab.ts');
    const up = fork(script, ['--dir', dir, 'up', filePath], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    if (up.stdout === null) throw new Error('no pipe');
    await once(up.stdout, 'data');
    up.kill('SIGINT');
    expect(await once(up, 'exit')).toEqual([130, null]);
    expect(findTraces(dir, linksBefore)).toEqual(NO_TRACES);
  });
});

describe('an `up` that fails', () => {
  test('says which step and leaves nothing', async () => {
    const file: LabFile = {
      hosts: { one: { kind: 'bare', links: {}, routes: ['default via 192.0.2.1'] } },
    };
    await expect(labUp(file, dir)).rejects.toMatchObject({
      code: 'command-failed',
      message: expect.stringContaining('Nexthop has invalid gateway') as string,
    });
    expect(findTraces(dir, linksBefore)).toEqual(NO_TRACES);
  });

  test('touches no folder that is not a lab’s', async () => {
    mkdirSync(dir);
    writeFileSync(join(dir, 'precious'), '');
    await expect(labUp(FILE, dir)).rejects.toMatchObject({ code: 'not-a-lab-folder' });
    await expect(labDown(dir)).rejects.toMatchObject({ code: 'not-a-lab-folder' });
    rmSync(dir, { recursive: true });
  });

  test('does not disturb another `up` in its folder', async () => {
    const first = labUp(FILE, dir);
    await expect(labUp(FILE, dir)).rejects.toMatchObject({ code: 'already-up' });
    const lab = await first;
    expect((await lab.exec('one', ['hostname'])).stdout).toBe('one\n');
  });
});

test('`down` refuses while another process brings a lab up, and takes half a lab down once that process has ended', async () => {
  const other = fork(join(__dirname, 'fixtures/lab-up.ts'), [filePath, dir], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(other, 'message');
  await once(other, 'message');
  other.kill('SIGSTOP');
  await expect(labDown(dir)).rejects.toMatchObject({ code: 'being-made' });
  other.kill('SIGKILL');
  await once(other, 'exit');
  await labDown(dir);
  expect(findTraces(dir, linksBefore)).toEqual(NO_TRACES);
});

test('`down` kills no process that merely has a pid from the ledger', async () => {
  const bystander = identify(process.pid);
  if (bystander === undefined) throw new Error('cannot identify the test itself');
  mkdirSync(dir);
  const ledger = {
    keeper: { ...bystander, startTicks: '1' },
    waiters: [{ ...bystander, bootId: 'an earlier boot' }],
    hosts: {},
  };
  writeFileSync(join(dir, 'ledger.json'), JSON.stringify(ledger));
  expect(await labDown(dir)).toBe(true);
  expect(spawnSync('test', ['-e', dir]).status).toBe(1);
});
