// What a lab file can ask of a host: accounts, sudo rights, programs that it lacks, an example that routes as it should.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labDown } from '../../lib/lab/down';
import type { Lab } from '../../lib/lab/lab';
import { readLabFile } from '../../lib/lab/read-spec';
import type { LabFile } from '../../lib/lab/spec';
import { bringUp, labUp } from '../../lib/lab/up';

const folder = mkdtempSync(join(tmpdir(), 'gatewright-hosts-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('accounts', () => {
  const FILE: LabFile = {
    hosts: {
      gw: {
        kind: 'namespace',
        links: {},
        users: [
          { name: 'ops', sudo: 'nopasswd' },
          { name: 'careful', password: 'open $(sesame) "x"', sudo: 'password' },
          { name: 'guest', password: 'guest', key: false },
        ],
      },
      bald: { kind: 'namespace', links: {}, without: ['iptables', 'ipset'] },
    },
  };
  const dir = join(folder, 'accounts');
  let lab: Lab;

  beforeAll(async () => {
    lab = await labUp(FILE, dir);
  });

  afterAll(async () => {
    await labDown(dir);
  });

  function ssh(user: string, command: string, input = '') {
    const args = ['-F', join(dir, 'ssh_config'), '-o', 'BatchMode=yes', '-l', user, 'gw', command];
    const { status, stdout, stderr } = spawnSync('ssh', args, { input, encoding: 'utf8' });
    return { status, stdout, stderr };
  }

  test('open with the lab’s key unless the file says no', () => {
    expect(ssh('ops', 'id -un; pwd')).toEqual({ status: 0, stdout: 'ops\n/home/ops\n', stderr: '' });
    expect(ssh('careful', 'id -un').stdout).toBe('careful\n');
    expect(ssh('guest', 'id -un')).toMatchObject({ status: 255, stdout: '' });
    expect(ssh('nobody', 'id -un')).toMatchObject({ status: 255, stdout: '' });
  });

  test('become root by sudo, with a password or without, as the file says', () => {
    expect(ssh('ops', 'sudo -n id -u')).toEqual({ status: 0, stdout: '0\n', stderr: '' });
    expect(ssh('careful', 'sudo -n id -u')).toMatchObject({ status: 1, stdout: '' });
    expect(ssh('careful', 'sudo -S -p "" id -u', 'open $(sesame) "x"\n')).toMatchObject({
      status: 0,
      stdout: '0\n',
    });
    expect(ssh('careful', 'sudo -S -p "" id -u', 'wrong\n')).toMatchObject({ status: 1, stdout: '' });
  });

  test('offer the password login that the file asks for, and only where it does', () => {
    const methods = (host: string): string =>
      spawnSync('ssh', ['-F', join(dir, 'ssh_config'), '-o', 'PreferredAuthentications=none', host, 'true'], {
        encoding: 'utf8',
      }).stderr;
    expect(methods('gw')).toContain('Permission denied (publickey,password)');
    expect(methods('bald')).toContain('Permission denied (publickey)');
  });

  test('do not exist on the machine or on another host', async () => {
    expect(spawnSync('id', ['careful']).status).toBe(1);
    expect((await lab.exec('bald', ['id', 'careful'])).exitCode).toBe(1);
  });

  test('a program that the file takes away is gone with its relatives, on that host alone', async () => {
    const look = ['sh', '-c', 'which iptables iptables-save iptables-restore ipset ip6tables'];
    expect((await lab.exec('bald', look)).stdout).toBe('/usr/sbin/ip6tables\n');
    expect((await lab.exec('gw', look)).stdout.trim().split('\n')).toHaveLength(5);
    expect(spawnSync('sh', ['-c', 'command -v iptables-restore']).status).toBe(0);
  });
});

describe('the cluster-ip example', () => {
  const dir = join(folder, 'example');
  let lab: Lab;

  beforeAll(async () => {
    lab = await bringUp(readLabFile(join(__dirname, '../../examples/cluster-ip/lab.json')), dir);
  });

  afterAll(async () => {
    await labDown(dir);
  });

  const get = async (host: string, url: string): Promise<string> => {
    const { stdout } = await lab.exec(host, ['curl', '-sS', '--max-time', '3', url]);
    return stdout;
  };
  const forward = (value: 0 | 1): Promise<unknown[]> =>
    Promise.all(
      ['cloudos1', 'cloudos2'].map((host) =>
        lab.exec(host, ['sysctl', '-qw', `net.ipv4.ip_forward=${value}`]),
      ),
    );

  test('reaches a pod from its own host, and no further until forwarding is declared', async () => {
    expect(await get('cloudos1', 'http://10.5.75.2:3000/')).toBe('os1_my1 10.5.75.1\n');
    expect(await get('cloudos2', 'http://10.5.88.3:3000/')).toBe('os2_my2 10.5.88.1\n');
    expect(await get('cloudos1', 'http://10.5.88.2:3000/')).toBe('');
  });

  test('routes between pods, on one host and across, with their own addresses', async () => {
    await forward(1);
    expect(await get('os1_my1', 'http://10.5.88.2:3000/')).toBe('os2_my1 10.5.75.2\n');
    expect(await get('os1_my1', 'http://10.5.75.3:3000/')).toBe('os1_my2 10.5.75.2\n');
    expect(await get('cloudos1', 'http://10.5.88.2:3000/')).toBe('os2_my1 192.168.1.6\n');
    await forward(0);
  });

  test('sends what is for a cluster IP through OUTPUT, where it can be translated', async () => {
    const nat = ['-t', 'nat', '-A', 'OUTPUT', '-d', '10.100.100.1', '-p', 'tcp', '--dport', '7070'];
    await lab.exec('cloudos1', ['iptables', ...nat, '-j', 'DNAT', '--to-destination', '10.5.75.2:3000']);
    expect(await get('cloudos1', 'http://10.100.100.1:7070/')).toBe('os1_my1 192.168.1.6\n');
    await lab.exec('cloudos1', ['iptables', '-t', 'nat', '-F']);
  });

  test('lets a pod reach another on its own host by a cluster IP, also after they talked directly', async () => {
    await forward(1);
    const nat = ['-t', 'nat', '-A', 'PREROUTING', '-d', '10.100.100.2', '-p', 'tcp', '--dport', '6060'];
    await lab.exec('cloudos1', ['iptables', ...nat, '-j', 'DNAT', '--to-destination', '10.5.75.3:3000']);
    for (let round = 0; round < 5; round += 1) {
      expect(await get('os1_my1', 'http://10.5.75.3:3000/')).toBe('os1_my2 10.5.75.2\n');
      expect(await get('os1_my2', 'http://10.5.75.2:3000/')).toBe('os1_my1 10.5.75.3\n');
      expect(await get('os1_my1', 'http://10.100.100.2:6060/')).toBe('os1_my2 10.5.75.2\n');
    }
    await lab.exec('cloudos1', ['iptables', '-t', 'nat', '-F']);
    await forward(0);
  });
});
