// Faults on both kinds of host: full file systems, killed process trees, and a power cut between a write and its place on the disk.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labDown } from '../../lib/lab/down';
import type { Lab } from '../../lib/lab/lab';
import { labUp } from '../../lib/lab/up';
import { fillDisk, killTree } from './fixtures/faults';

const folder = mkdtempSync(join(tmpdir(), 'gatewright-faults-'));
let lab: Lab;

beforeAll(async () => {
  const hosts = {
    kernel: { kind: 'kernel', links: {} },
    namespace: { kind: 'namespace', links: {} },
  } as const;
  lab = await labUp({ hosts }, join(folder, 'lab'));
});

afterAll(async () => {
  await labDown(join(folder, 'lab'));
  rmSync(folder, { recursive: true });
});

const sh = (host: string, program: string) => lab.exec(host, ['sh', '-c', program]);

describe.each(['kernel', 'namespace'])('on a %s host', (host) => {
  test.each(['/var/lib/gatewright', '/run/gatewright'])(
    '%s takes nothing while its disk is full',
    async (place) => {
      await sh(host, `mkdir -p ${place}; echo kept >${place}/kept`);
      const free = await fillDisk(lab, host, place);
      expect((await sh(host, `cp /etc/hostname ${place}/new`)).stderr).toContain('No space left on device');
      expect((await sh(host, `cat ${place}/kept`)).stdout).toBe('kept\n');
      await free();
      expect(await sh(host, `echo new >${place}/new && cat ${place}/new`)).toMatchObject({
        exitCode: 0,
        stdout: 'new\n',
      });
    },
  );

  test('a process ends with all that it started', async () => {
    const start = `sh -c 'sh -c "sleep 7531 & wait" & wait' >/dev/null 2>&1 & echo $!`;
    const pid = Number((await sh(host, start)).stdout);
    await sh(host, 'until pgrep -f "sleep 753[1]"; do sleep 0.1; done');
    await killTree(lab, host, pid);
    await sh(host, 'while pgrep -f "sleep 753[1]"; do sleep 0.1; done');
    expect((await sh(host, `kill -s 0 ${pid}`)).exitCode).not.toBe(0);
  });
});

test('a power cut loses a renamed file that was not synced, and keeps one that was', async () => {
  const replace = (name: string, sync: string): string =>
    `echo old >${name}; sync ${name} .; echo new >${name}.next; ${sync} mv ${name}.next ${name};`;
  await sh(
    'kernel',
    `mkdir /srv/cut; sync /srv; cd /srv/cut; ${replace('safe', 'sync safe.next;')} sync .; ${replace('bold', '')}`,
  );
  expect((await sh('kernel', 'cd /srv/cut; cat safe bold')).stdout).toBe('new\nnew\n');
  await lab.powerCut('kernel');
  expect((await sh('kernel', 'cat /srv/cut/safe')).stdout).toBe('new\n');
  expect((await sh('kernel', 'cat /srv/cut/bold')).stdout).not.toBe('new\n');
});
