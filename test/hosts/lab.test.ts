// A lab that is up: its hosts are hosts of their own, reached by exec and by the real ssh, and the machine is left alone.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labDown } from '../../lib/lab/down';
import { openLab } from '../../lib/lab/lab';
import type { Lab } from '../../lib/lab/lab';
import { readLedger } from '../../lib/lab/ledger';
import { end } from '../../lib/lab/process-identity';
import type { LabFile } from '../../lib/lab/spec';
import { readStatus } from '../../lib/lab/status';
import { labUp } from '../../lib/lab/up';
import { findTraces, machineLinks, namespacesOf, NO_TRACES } from './fixtures/lab-traces';

const FILE: LabFile = {
  networks: { lan: { operator: '192.168.7.254/24' }, pods: {} },
  hosts: {
    gw: {
      kind: 'namespace',
      links: {
        eth0: { network: 'lan', addresses: ['192.168.7.1/24', 'fd07::1/64'] },
        cni0: { network: 'pods', addresses: ['10.7.0.1/24'] },
      },
      routes: ['default via 192.168.7.2', 'fd08::/64 via fd07::2'],
      sysctls: { 'net.ipv4.ip_forward': 1, 'net.ipv4.conf.cni0.rp_filter': 2 },
    },
    peer: {
      kind: 'namespace',
      links: { eth0: { network: 'lan', addresses: ['192.168.7.2/24', 'fd07::2/64'] } },
      iptables: 'legacy',
    },
    inner: { kind: 'namespace', links: { eth0: { network: 'pods', addresses: ['10.7.0.3/24'] } } },
    pod: {
      kind: 'bare',
      links: { eth0: { network: 'pods', addresses: ['10.7.0.2/24'] } },
      routes: ['default via 10.7.0.1'],
      serve: [
        { port: 3000, protocol: 'tcp' },
        { port: 53, protocol: 'udp' },
      ],
    },
  },
};

const folder = mkdtempSync(join(tmpdir(), 'gatewright-lab-'));
const dir = join(folder, 'lab');
const linksBefore = machineLinks();
const progress: string[] = [];
let lab: Lab;

beforeAll(async () => {
  lab = await labUp(FILE, dir, { onProgress: (line) => progress.push(line) });
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

function ssh(host: string, command: string): { status: number | null; stdout: string } {
  const { status, stdout } = spawnSync('ssh', ['-F', join(dir, 'ssh_config'), host, command], {
    encoding: 'utf8',
  });
  return { status, stdout };
}

describe('a host', () => {
  test('has the name, addresses, routes and sysctls of the file, and the kernel’s own values elsewhere', async () => {
    expect(await output('gw', 'hostname')).toBe('gw\n');
    const addresses = await output('gw', 'ip', '-brief', 'addr');
    expect(addresses).toMatch(/^eth0@\S+ +UP +192\.168\.7\.1\/24 fd07::1\/64 /m);
    expect(addresses).toMatch(/^cni0@\S+ +UP +10\.7\.0\.1\/24 /m);
    expect(addresses).toMatch(/^lo +UNKNOWN +127\.0\.0\.1\/8 ::1\/128 /m);
    expect(await output('gw', 'ip', 'route')).toMatch(/^default via 192\.168\.7\.2 dev eth0/);
    expect(await output('gw', 'ip', '-6', 'route')).toContain('fd08::/64 via fd07::2 dev eth0');
    const sysctls = ['/proc/sys/net/ipv4/ip_forward', '/proc/sys/net/ipv4/conf/cni0/rp_filter'];
    expect(await output('gw', 'cat', ...sysctls)).toBe('1\n2\n');
    const others = ['ip_forward', 'conf/all/forwarding', 'conf/eth0/rp_filter', 'conf/eth0/accept_redirects'];
    expect(await output('peer', 'cat', ...others.map((name) => `/proc/sys/net/ipv4/${name}`))).toBe(
      '0\n0\n0\n0\n',
    );
    expect(await output('peer', 'cat', '/proc/sys/net/ipv6/conf/eth0/accept_redirects')).toBe('0\n');
  });

  test('keeps to itself what it writes', async () => {
    const places = ['/etc', '/run', '/var/lib', '/root', '/tmp', '/usr/sbin', '/home'];
    for (const place of places) {
      const path = `${place}/gatewright-lab-test`;
      await output('gw', 'sh', '-c', `echo gw >${path}`);
      expect(await output('gw', 'cat', path)).toBe('gw\n');
      expect(existsSync(path)).toBe(false);
      expect((await lab.exec('peer', ['cat', path])).exitCode).toBe(1);
    }
  });

  test('has netfilter rules of its own', async () => {
    const machine = execFileSync('iptables-save', { encoding: 'utf8' });
    await output('gw', 'iptables', '-A', 'INPUT', '-s', '203.0.113.9', '-j', 'DROP');
    expect(await output('gw', 'iptables-save')).toContain('-A INPUT -s 203.0.113.9/32 -j DROP');
    expect(await output('inner', 'iptables-save')).not.toContain('203.0.113.9');
    expect(execFileSync('iptables-save', { encoding: 'utf8' })).toBe(machine);
  });

  test('sees only its own processes, and cannot set what belongs to the whole machine', async () => {
    const commands = await output('gw', 'ps', '-eo', 'pid,comm', '--no-headers');
    expect(
      commands
        .trim()
        .split('\n')
        .map((line) => line.trim().split(/\s+/)[1])
        .sort(),
    ).toEqual(['ps', 'sh', 'sleep', 'sshd']);
    const refused = await lab.exec('gw', ['sh', '-c', 'echo 1 >/proc/sys/vm/swappiness']);
    expect(refused.stderr).toContain('Read-only file system');
  });

  test('has the iptables that the file names', async () => {
    expect(await output('peer', 'iptables', '--version')).toContain('legacy');
    expect(await output('gw', 'iptables', '--version')).toContain('nf_tables');
  });

  test('runs programs with their input, exit code and time limit', async () => {
    expect(await lab.exec('gw', ['cat'], { stdin: 'a\nb' })).toEqual({
      exitCode: 0,
      stdout: 'a\nb',
      stderr: '',
    });
    expect(await lab.exec('pod', ['sh', '-c', 'echo no >&2; exit 3'])).toEqual({
      exitCode: 3,
      stdout: '',
      stderr: 'no\n',
    });
    await expect(lab.exec('gw', ['sleep', '60'], { timeoutSeconds: 0.2 })).rejects.toMatchObject({
      code: 'timed-out',
    });
    await expect.poll(() => output('gw', 'ps', '-eo', 'args')).not.toContain('sleep 60');
  });
});

describe('SSH', () => {
  test('leads to the host, with a key and a host key of the lab’s own', () => {
    expect(ssh('gw', 'hostname; id -u')).toEqual({ status: 0, stdout: 'gw\n0\n' });
    expect(ssh('peer', 'hostname; exit 9')).toEqual({ status: 9, stdout: 'peer\n' });
  });

  test('comes in by the host’s own link where the network has an operator, else from the host itself', () => {
    expect(ssh('gw', 'echo "$SSH_CONNECTION"').stdout).toMatch(/^192\.168\.7\.254 \d+ 192\.168\.7\.1 22\n$/);
    expect(ssh('inner', 'echo "$SSH_CONNECTION"').stdout).toMatch(/^127\.0\.0\.1 \d+ 127\.0\.0\.1 22\n$/);
  });

  test('carries bulk both ways', () => {
    const input = 'x'.repeat(5_000_000);
    const args = ['-F', join(dir, 'ssh_config'), 'gw', 'cat'];
    const { stdout } = spawnSync('ssh', args, { input, encoding: 'utf8', maxBuffer: 10_000_000 });
    expect(stdout.length).toBe(input.length);
  });

  test('has no password to offer', () => {
    const args = [
      '-F',
      join(dir, 'ssh_config'),
      '-o',
      'PubkeyAuthentication=no',
      '-o',
      'BatchMode=yes',
      'gw',
      'true',
    ];
    const { status, stderr } = spawnSync('ssh', args, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({
      status: 255,
      stderr: expect.stringContaining('(publickey)') as string,
    });
  });

  test('hangs when the cable is out and goes on when it is back', async () => {
    const options = ['-F', join(dir, 'ssh_config'), '-o'];
    const login = (seconds: number): number | null =>
      spawnSync('ssh', [...options, `ConnectTimeout=${seconds}`, 'gw', 'true']).status;
    await lab.unplug('gw', 'eth0');
    expect(await output('gw', 'ip', '-brief', 'link', 'show', 'eth0')).toMatch(/LOWERLAYERDOWN|NO-CARRIER/);
    expect(login(1)).toBe(255);
    await lab.plug('gw', 'eth0');
    // The kernel may take a second to tell that the carrier is back.
    expect(login(20)).toBe(0);
    await expect(lab.unplug('gw', 'eth7')).rejects.toThrow('host gw has no device eth7; it has eth0, cni0');
  });
});

describe('servers', () => {
  test('answer every request with the host’s name and the address that asked', async () => {
    const requests =
      'for n in $(seq 300); do curl -sS --max-time 5 http://10.7.0.2:3000/ || exit 1; done | sort | uniq -c';
    expect((await output('gw', 'sh', '-c', requests)).trim()).toBe('300 pod 10.7.0.1');
    const asPod = await output('pod', 'curl', '-sS', 'http://127.0.0.1:3000/');
    expect(asPod).toBe('pod 127.0.0.1\n');
  });

  test('answer many requests at once', async () => {
    const requests =
      'seq 200 | xargs -P 20 -I{} curl -sS --max-time 10 http://10.7.0.2:3000/{} | sort | uniq -c';
    expect((await output('gw', 'sh', '-c', requests)).trim()).toBe('200 pod 10.7.0.1');
  });

  test('answer datagrams', async () => {
    const ask = `const socket = require('dgram').createSocket('udp4');
      socket.once('message', (text) => { process.stdout.write(text); socket.close(); });
      socket.send('who?', 53, '10.7.0.2');`;
    expect(await output('gw', process.execPath, '-e', ask)).toBe('pod 10.7.0.1\n');
  });
});

describe('the lab', () => {
  test('says of each host how to reach it', () => {
    const { hosts } = JSON.parse(readFileSync(join(dir, 'lab.json'), 'utf8')) as {
      hosts: Record<string, unknown>;
    };
    expect(hosts['gw']).toEqual({
      kind: 'namespace',
      address: '127.0.0.1',
      port: expect.any(Number) as number,
      user: 'root',
      privateKeyPath: join(dir, 'id_ed25519'),
      hostKey: expect.stringMatching(/^ssh-ed25519 AAAA\S+$/) as string,
    });
    expect(hosts['pod']).toEqual({ kind: 'bare' });
    expect(progress).toContain('pod is up, bare, serves tcp 3000, udp 53');
    for (const path of [dir, join(dir, 'id_ed25519'), join(dir, 'lab.json'), join(dir, 'ledger.json')]) {
      expect(statSync(path).mode & 0o077).toBe(0);
    }
  });

  test('tells how its hosts fare', async () => {
    const pod = (await readStatus(dir)).find(({ name }) => name === 'pod');
    expect(pod).toEqual({
      name: 'pod',
      host: { kind: 'bare' },
      isUp: true,
      links: [{ device: 'eth0', isUp: true, addresses: ['10.7.0.2/24'] }],
    });
  });

  test('reaches no network but its own', async () => {
    const { exitCode, stderr } = await lab.exec('inner', ['ping', '-c', '1', '-W', '1', '192.0.2.1']);
    expect({ exitCode, stderr }).not.toEqual({ exitCode: 0, stderr: '' });
    expect(await output('inner', 'ip', 'route')).toBe(
      '10.7.0.0/24 dev eth0 proto kernel scope link src 10.7.0.3 \n',
    );
  });

  test('refuses a second lab in its folder, and an unknown host', async () => {
    await expect(labUp(FILE, dir)).rejects.toMatchObject({ code: 'already-up' });
    expect(() => openLab(dir).host('gx')).toThrow('no host gx; the lab has gw, peer, inner, pod');
    expect(ssh('gw', 'true').status).toBe(0);
  });

  test('is one of two at once, and the other’s end leaves it alone', async () => {
    const other = join(folder, 'other');
    const second = await labUp(FILE, other);
    expect((await second.exec('gw', ['iptables-save'])).stdout).not.toContain('203.0.113.9');
    await labDown(other);
    expect(existsSync(other)).toBe(false);
    expect(ssh('gw', 'hostname').stdout).toBe('gw\n');
  });

  test('ends a host’s processes with the host’s first one', async () => {
    const third = join(folder, 'third');
    const labOfOne = await labUp({ hosts: { only: { kind: 'namespace', links: {} } } }, third);
    const init = readLedger(third)?.hosts['only']?.init;
    if (init === undefined) throw new Error('the ledger lacks the host');
    const [program = '', ...args] = labOfOne.execArgv('only', ['sh', '-c', 'echo here; sleep 30']);
    const sleeper = spawn(program, args);
    await once(sleeper.stdout, 'data');
    const ended = once(sleeper, 'exit');
    await end(init);
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect((await readStatus(third))[0]).toMatchObject({ name: 'only', isUp: false });
    await expect(async () => labOfOne.exec('only', ['true'])).rejects.toMatchObject({ code: 'host-gone' });
    await labDown(third);
  });

  test('leaves nothing behind when it is taken down', async () => {
    const namespaces = namespacesOf(dir);
    // Five kinds for each of four hosts, and three for the lab itself.
    expect(namespaces.length).toBe(23);
    expect(await labDown(dir)).toBe(true);
    expect(findTraces(dir, linksBefore, namespaces)).toEqual(NO_TRACES);
    expect(await labDown(dir)).toBe(false);
  });
});
