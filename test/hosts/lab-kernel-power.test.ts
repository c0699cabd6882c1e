// Power and cables of a lab's hosts: what a kernel host keeps over a reboot and over a power cut, and what it loses.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labDown } from '../../lib/lab/down';
import type { Lab } from '../../lib/lab/lab';
import type { LabFile } from '../../lib/lab/spec';
import { readStatus } from '../../lib/lab/status';
import { labUp } from '../../lib/lab/up';

const FILE: LabFile = {
  networks: { lan: { operator: '192.168.7.254/24' }, side: {} },
  hosts: {
    gw: {
      kind: 'kernel',
      links: {
        eth0: { network: 'lan', addresses: ['192.168.7.1/24'] },
        eth1: { network: 'side', addresses: ['10.7.0.1/24'] },
      },
      sysctls: { 'net.ipv4.ip_forward': 1 },
      serve: [{ port: 80, protocol: 'tcp' }],
      users: [{ name: 'ops' }],
    },
    box: { kind: 'kernel', links: { eth0: { network: 'side', addresses: ['10.7.0.2/24'] } } },
    peer: { kind: 'namespace', links: { eth0: { network: 'lan', addresses: ['192.168.7.3/24'] } } },
    pod: { kind: 'bare', links: { eth0: { network: 'side', addresses: ['10.7.0.4/24'] } } },
  },
};

const folder = mkdtempSync(join(tmpdir(), 'gatewright-power-'));
const dir = join(folder, 'lab');
let lab: Lab;

beforeAll(async () => {
  lab = await labUp(FILE, dir);
});

afterAll(async () => {
  await labDown(dir);
  rmSync(folder, { recursive: true });
});

async function output(host: string, ...argv: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await lab.exec(host, argv);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

const bootId = (host: string): Promise<string> => output(host, 'cat', '/proc/sys/kernel/random/boot_id');
const ask = ['curl', '-sS', '--max-time', '3'];
/** What a server says at last: after a cable was out, the first packets may still find no neighbour. */
async function answered(host: string, address: string): Promise<string> {
  const retries = ['--retry', '5', '--retry-all-errors'];
  return (await lab.exec(host, [...ask, ...retries, `http://${address}/`])).stdout;
}

/** As after any boot: what the lab file says is there again, and nothing that a boot takes away. */
async function expectBooted(before: string): Promise<void> {
  expect(await bootId('gw')).not.toBe(before);
  expect(await output('gw', 'systemctl', 'is-system-running')).toBe('running\n');
  expect(await output('gw', 'sysctl', '-n', 'net.ipv4.ip_forward')).toBe('1\n');
  expect(await output('gw', 'iptables', '-S')).not.toContain('203.0.113.9');
  expect(await answered('peer', '192.168.7.1')).toBe('gw 192.168.7.3\n');
  expect(await answered('pod', '10.7.0.1')).toBe('gw 10.7.0.4\n');
  expect(await output('gw', 'id', '-un', 'ops')).toBe('ops\n');
}

describe('power', () => {
  test('may be cut as soon as a host is up, which then comes up again', async () => {
    const before = await bootId('box');
    await lab.powerCut('box');
    expect(await bootId('box')).not.toBe(before);
    expect(await output('box', 'hostname')).toBe('box\n');
    expect(await output('box', 'systemctl', 'is-system-running')).toBe('running\n');
  });

  test('a reboot boots anew and keeps the disk', async () => {
    const before = await bootId('gw');
    const others = await bootId('box');
    await output('gw', 'iptables', '-A', 'INPUT', '-s', '203.0.113.9', '-j', 'DROP');
    await output('gw', 'sh', '-c', 'echo kept >/etc/kept; echo gone >/run/gone');
    await lab.reboot('gw');
    await expectBooted(before);
    expect(await output('gw', 'cat', '/etc/kept')).toBe('kept\n');
    expect((await lab.exec('gw', ['cat', '/run/gone'])).exitCode).toBe(1);
    expect(await bootId('box')).toBe(others);
  });

  test('a power cut keeps what was synced to the disk and loses what was not', async () => {
    const before = await bootId('gw');
    await output('gw', 'iptables', '-A', 'INPUT', '-s', '203.0.113.9', '-j', 'DROP');
    const write =
      'echo kept >/etc/synced; sync /etc/synced /etc; echo lost >/etc/unsynced; cat /etc/unsynced';
    expect(await output('gw', 'sh', '-c', write)).toBe('lost\n');
    await lab.powerCut('gw');
    await expectBooted(before);
    expect(await output('gw', 'cat', '/etc/synced')).toBe('kept\n');
    expect((await lab.exec('gw', ['cat', '/etc/unsynced'])).stdout).toBe('');
  });

  test('is cut and given again as often as one likes, also while the host is on its way down or up', async () => {
    const before = await bootId('box');
    await lab.exec('box', ['systemctl', '--no-block', 'reboot']);
    await lab.powerCut('box');
    const between = await bootId('box');
    expect(between).not.toBe(before);
    await Promise.all([lab.powerCut('box'), lab.powerCut('box')]);
    expect(await bootId('box')).not.toBe(between);
    expect((await lab.exec('box', ['ping', '-c', '1', '-W', '2', '10.7.0.1'])).exitCode).toBe(0);
  });

  test.each(['peer', 'pod'])('is not what %s has of its own', async (host) => {
    const refusal = { code: 'not-a-kernel-host', fix: 'give it "kind": "kernel" in the lab file' };
    await expect(lab.reboot(host)).rejects.toMatchObject(refusal);
    await expect(lab.powerCut(host)).rejects.toMatchObject(refusal);
    await expect(lab.reboot('nobody')).rejects.toThrow('no host nobody; the lab has gw, box, peer, pod');
  });
});

describe('cables', () => {
  test.each([
    ['a kernel host', 'gw', 'eth1', 'pod', '10.7.0.1', 'gw 10.7.0.4\n'],
    ['a bare host', 'pod', 'eth0', 'pod', '10.7.0.1', 'gw 10.7.0.4\n'],
    ['a namespace host', 'peer', undefined, 'peer', '192.168.7.1', 'gw 192.168.7.3\n'],
  ] as const)('of %s are pulled and put back', async (_kind, host, device, asker, address, answer) => {
    await lab.unplug(host, device);
    expect([7, 28]).toContain((await lab.exec(asker, [...ask, `http://${address}/`])).exitCode);
    const links = (await readStatus(dir)).find(({ name }) => name === host)?.links;
    expect(links?.filter(({ isUp }) => !isUp).map((link) => link.device)).toEqual([device ?? 'eth0']);
    await lab.plug(host, device);
    expect(await answered(asker, address)).toBe(answer);
  });

  test('that are out while a host sends and boots work when they are back', async () => {
    await lab.unplug('box');
    await lab.exec('box', ['ping', '-f', '-c', '200', '-w', '1', '-s', '1400', '10.7.0.1']);
    await lab.reboot('box');
    expect((await lab.exec('box', ['ping', '-c', '1', '-W', '1', '10.7.0.1'])).exitCode).toBe(1);
    await lab.plug('box');
    expect((await lab.exec('box', ['ping', '-c', '1', '-w', '5', '10.7.0.1'])).exitCode).toBe(0);
    await expect(lab.unplug('box', 'eth7')).rejects.toThrow('host box has no device eth7; it has eth0');
  });
});

test('a host that switches itself off has ended', async () => {
  await lab.exec('box', ['systemctl', '--no-block', 'poweroff']);
  while (lab.isHostUp('box')) await new Promise(setImmediate);
  expect((await readStatus(dir)).find(({ name }) => name === 'box')).toMatchObject({
    isUp: false,
    links: [],
  });
  expect(() => lab.execArgv('box', ['true'])).toThrow('host box has ended');
  await expect(lab.powerCut('box')).rejects.toMatchObject({ code: 'host-gone' });
});
