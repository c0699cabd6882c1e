// A lab with a kernel host whose processes, or whose `up`, or the making of whose root, are killed: nothing stays behind.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { labDown } from '../../lib/lab/down';
import { debianRoot } from '../../lib/lab/kernel/debian-root';
import { readLedger } from '../../lib/lab/ledger';
import { installLacking } from '../../lib/lab/packages';
import { readSpec } from '../../lib/lab/read-spec';
import type { LabFile } from '../../lib/lab/spec';
import { labUp } from '../../lib/lab/up';
import { findTraces, machineLinks, namespacesOf, NO_TRACES, processesGone } from './fixtures/lab-traces';

const FILE: LabFile = {
  hosts: {
    one: { kind: 'kernel', links: { eth0: { network: 'lan', addresses: ['192.168.9.1/24'] } } },
    two: { kind: 'bare', links: { eth0: { network: 'lan', addresses: ['192.168.9.2/24'] } } },
  },
};

const folder = mkdtempSync(join(tmpdir(), 'gatewright-kernel-crash-'));
const filePath = join(folder, 'file.json');
writeFileSync(filePath, JSON.stringify(FILE));
const linksBefore = machineLinks();
let dir: string;
let number = 0;

beforeAll(async () => {
  await installLacking(readSpec(FILE), () => undefined);
  await debianRoot({ say: () => undefined, signal: new AbortController().signal });
});

beforeEach(() => {
  number += 1;
  dir = join(folder, `lab${number}`);
});

afterAll(async () => {
  await labDown(dir);
  rmSync(folder, { recursive: true });
});

const forked = (program: string, ...args: string[]) =>
  fork(join(__dirname, 'fixtures', program), args, {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });

describe('a lab that is up', () => {
  test.each(['keeper', 'waiters', 'init'] as const)(
    'leaves nothing after its %s was killed and it was taken down',
    async (role) => {
      await labUp(FILE, dir);
      const namespaces = namespacesOf(dir);
      const ledger = readLedger(dir);
      const victims = {
        keeper: [ledger?.keeper],
        waiters: ledger?.waiters ?? [],
        init: [ledger?.hosts['one']?.init],
      };
      for (const victim of victims[role]) {
        if (victim === undefined) throw new Error('the ledger lacks a process');
        process.kill(victim.pid, 'SIGKILL');
      }
      if (role === 'keeper') await processesGone(dir, namespaces);
      expect(await labDown(dir)).toBe(true);
      expect(findTraces(dir, linksBefore, namespaces)).toEqual(NO_TRACES);
    },
  );
});

describe('an `up` that is killed', () => {
  test.each([300, 1000, 2500])(
    '%i ms after its start leaves no process, and nothing after `down`',
    async (delay) => {
      const up = forked('lab-up.ts', filePath, dir);
      await once(up, 'message');
      await sleep(delay);
      up.kill('SIGKILL');
      await once(up, 'exit');
      await processesGone(dir);
      await labDown(dir);
      expect(findTraces(dir, linksBefore)).toEqual(NO_TRACES);
    },
  );
});

describe('an `up` that fails', () => {
  test.each([
    [
      'a route that the host does not take',
      { routes: ['default via 192.0.2.1'] },
      'Nexthop has invalid gateway',
    ],
    [
      'a sysctl that the kernel lacks',
      { sysctls: { 'net.ipv4.no_such': 1 } },
      'net/ipv4/no_such: No such file or directory',
    ],
    [
      'a sysctl that the kernel refuses',
      { sysctls: { 'net.ipv4.ip_default_ttl': 999 } },
      "Couldn't write '999' to 'net/ipv4/ip_default_ttl': Invalid argument",
    ],
  ] as const)('because of %s says so and leaves nothing', async (_what, fields, message) => {
    const file = { hosts: { one: { kind: 'kernel', links: {}, ...fields } } } as const;
    await expect(labUp(file, dir)).rejects.toMatchObject({
      code: 'command-failed',
      message: expect.stringContaining(message) as string,
    });
    expect(findTraces(dir, linksBefore)).toEqual(NO_TRACES);
  });
});

describe('the making of the root', () => {
  test.each(['SIGKILL', 'SIGINT'] as const)(
    'ended by %s leaves no process and no mount, and nothing that is taken for a root',
    async (signal) => {
      const cache = join(folder, `cache${number}`);
      mkdirSync(cache);
      const making = forked('make-root.ts', cache);
      await once(making, 'message');
      while (!readdirSync(cache).some((name) => name.endsWith('.root'))) await sleep(20);
      making.kill(signal);
      await once(making, 'exit');
      await processesGone(cache);
      expect(findTraces(cache, linksBefore)).toEqual({ ...NO_TRACES, folders: [cache] });
      expect(readdirSync(cache).filter((name) => name.endsWith('.ext4'))).toEqual([]);
    },
  );

  test('is given up when its caller gives up', async () => {
    const cache = join(folder, `cache${number}`);
    const giveUp = new AbortController();
    const made = debianRoot({ folder: cache, say: () => undefined, signal: giveUp.signal });
    while (!existsSync(cache) || readdirSync(cache).length < 2) await sleep(20);
    giveUp.abort();
    await expect(made).rejects.toMatchObject({ code: 'command-failed' });
    await processesGone(cache);
  });
});
