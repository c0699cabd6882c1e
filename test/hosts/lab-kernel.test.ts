// A lab with kernel hosts among others: kernels, disks, cables and power of their own, reached like all hosts of a lab.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labDown } from '../../lib/lab/down';
import { debianRoot } from '../../lib/lab/kernel/debian-root';
import type { Lab } from '../../lib/lab/lab';
import { installLacking } from '../../lib/lab/packages';
import { readSpec } from '../../lib/lab/read-spec';
import type { LabFile } from '../../lib/lab/spec';
import { labUp } from '../../lib/lab/up';
import { findTraces, machineLinks, namespacesOf, NO_TRACES } from './fixtures/lab-traces';

const BOTH = [
  { port: 80, protocol: 'tcp' },
  { port: 53, protocol: 'udp' },
] as const;

const FILE: LabFile = {
  networks: { lan: {}, ops: { operator: '10.9.0.254/24' }, dmz: {} },
  hosts: {
    gw: {
      kind: 'kernel',
      links: {
        enp0s5: { network: 'lan', addresses: ['192.168.7.1/24', 'fd07::1/64'] },
        eth1: { network: 'ops', addresses: ['10.9.0.1/24'] },
        dmz0: { network: 'dmz', addresses: ['172.16.0.1/16', '172.16.0.9/16'] },
      },
      routes: ['default via 192.168.7.3', 'fd08::/64 via fd07::3'],
      sysctls: {
        'net.ipv4.ip_forward': 1,
        'net.ipv4.conf.enp0s5.rp_filter': 2,
        'net.ipv4.tcp_rmem': '4096 65536 1048576',
        'net.netfilter.nf_conntrack_max': 4096,
        'net.ipv4.vs.conntrack': 1,
      },
      without: ['tcpdump'],
      users: [{ name: 'ops', password: 'correct horse', sudo: 'password' }],
    },
    web: {
      kind: 'kernel',
      links: { eth0: { network: 'lan', addresses: ['192.168.7.2/24', 'fd07::2/64'] } },
      serve: BOTH,
    },
    spare: { kind: 'kernel', links: { eth0: { network: 'lan' } } },
    alone: { kind: 'kernel', links: {} },
    peer: {
      kind: 'namespace',
      links: { eth0: { network: 'lan', addresses: ['192.168.7.3/24', 'fd07::3/64'] } },
      serve: BOTH,
    },
    pod: {
      kind: 'bare',
      links: { eth0: { network: 'dmz', addresses: ['172.16.0.2/16'] } },
      routes: ['default via 172.16.0.1'],
    },
  },
};

const folder = mkdtempSync(join(tmpdir(), 'gatewright-kernel-'));
const dir = join(folder, 'lab');
const linksBefore = machineLinks();
const progress: string[] = [];
let lab: Lab;
let secondsUp: number;

beforeAll(async () => {
  await installLacking(readSpec(FILE), () => undefined);
  await debianRoot({ say: () => undefined, signal: new AbortController().signal });
  const started = performance.now();
  lab = await labUp(FILE, dir, { onProgress: (line) => progress.push(line) });
  secondsUp = (performance.now() - started) / 1000;
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

function ssh(
  destination: string,
  command: string,
  ...options: string[]
): { status: number | null; stdout: string } {
  const { status, stdout } = spawnSync(
    'ssh',
    ['-F', join(dir, 'ssh_config'), ...options, destination, command],
    {
      encoding: 'utf8',
      timeout: 60_000,
      maxBuffer: 30_000_000,
    },
  );
  return { status, stdout };
}

const get = (host: string, url: string): Promise<string> =>
  output(host, 'curl', '-sS', '--max-time', '5', url);

describe('a kernel host', () => {
  test('is up with three others in less than 45 s, systemd content with everything', async () => {
    expect(secondsUp).toBeLessThan(45);
    expect(progress).toContainEqual(
      expect.stringMatching(/^web is up, SSH on 127\.0\.0\.1:\d+, serves tcp 80, udp 53$/),
    );
    for (const host of ['gw', 'web', 'spare', 'alone']) {
      expect(await output(host, 'systemctl', 'is-system-running')).toBe('running\n');
    }
  });

  test('has the name, devices, addresses, routes and sysctls of the file, and no device of the lab’s', async () => {
    expect(await output('gw', 'hostname')).toBe('gw\n');
    const addresses = (await output('gw', 'ip', '-brief', 'addr')).trim().split('\n');
    expect(addresses.map((line) => line.trim().split(/\s+/).slice(0, 4).join(' '))).toEqual([
      'lo UNKNOWN 127.0.0.1/8 ::1/128',
      'enp0s5 UNKNOWN 192.168.7.1/24 fd07::1/64',
      'eth1 UNKNOWN 10.9.0.1/24 fe80::6c:62ff:fe00:1/64',
      'dmz0 UNKNOWN 172.16.0.1/16 172.16.0.9/16',
    ]);
    expect(await output('gw', 'ip', 'route', 'show', 'default')).toMatch(
      /^default via 192\.168\.7\.3 dev enp0s5 \n$/,
    );
    expect(await output('gw', 'ip', '-6', 'route')).toContain('fd08::/64 via fd07::3 dev enp0s5');
    const keys = ['net.ipv4.ip_forward', 'net.ipv4.conf.enp0s5.rp_filter', 'net.ipv4.conf.eth1.rp_filter'];
    const modules = ['net.netfilter.nf_conntrack_max', 'net.ipv4.vs.conntrack'];
    expect(await output('gw', 'sysctl', '-n', ...keys, ...modules)).toBe('1\n2\n0\n4096\n1\n');
    expect(await output('gw', 'cat', '/proc/sys/net/ipv4/tcp_rmem')).toBe('4096\t65536\t1048576\n');
    expect(await output('gw', 'ip', 'netns', 'list')).toBe('');
  });

  test('loads modules, and has iptables-legacy, ipset and IPVS that work', async () => {
    const modules = ['ip_vs', 'ip_vs_rr', 'dummy', 'ipip', 'xt_set', 'ip_set_hash_ip', 'nf_conntrack'];
    await output('alone', 'modprobe', '-a', ...modules);
    const loaded = (await output('alone', 'cat', '/proc/modules'))
      .split('\n')
      .map((line) => line.split(' ')[0]);
    expect(loaded).toEqual(expect.arrayContaining(modules));
    for (const program of ['iptables', 'ip6tables']) {
      expect(await output('alone', program, '--version')).toContain('(legacy)');
    }
    await output('alone', 'ipset', 'create', 'blocked', 'hash:ip');
    const rule = ['-A', 'INPUT', '-m', 'set', '--match-set', 'blocked', 'src', '-j', 'DROP'];
    await output('alone', 'iptables', ...rule);
    expect(await output('alone', 'iptables', '-S', 'INPUT')).toContain(rule.join(' '));
    await output('alone', 'ipvsadm', '-A', '-t', '10.0.0.1:80', '-s', 'rr');
    expect(await output('alone', 'ipvsadm', '-Sn')).toBe('-A -t 10.0.0.1:80 -s rr\n');
  });

  test('has timers of systemd that fire', async () => {
    const timer = ['--on-active=1', '--timer-property=AccuracySec=100ms', '--unit=later'];
    await output('alone', 'systemd-run', '--quiet', ...timer, 'touch', '/run/fired');
    await output('alone', 'sh', '-c', 'until [ -e /run/fired ]; do sleep 0.1; done');
  });

  test('lacks the programs of the file, and nothing else', async () => {
    expect((await lab.exec('gw', ['tcpdump', '--version'])).exitCode).toBe(127);
    expect(await output('web', 'tcpdump', '--version')).toContain('tcpdump version');
  });
});

describe('exec', () => {
  test('keeps arguments, input, both streams and the exit code', async () => {
    const words = ['', 'a b', "it's", '"q"', '$HOME `id`', 'two\nlines', '-x', '\\', 'ü'];
    expect(await output('gw', 'printf', '<%s>', ...words)).toBe(words.map((word) => `<${word}>`).join(''));
    expect(await lab.exec('gw', ['sh', '-c', 'cat; echo no >&2; exit 3'], { stdin: 'a\nb' })).toEqual({
      exitCode: 3,
      stdout: 'a\nb',
      stderr: 'no\n',
    });
    expect(await lab.exec('gw', ['sh', '-c', 'kill -TERM $$'])).toMatchObject({ signal: 'SIGTERM' });
    expect(await lab.exec('gw', ['no-such-program'])).toMatchObject({
      exitCode: 127,
      stderr: 'no-such-program: No such file or directory\n',
    });
  });

  test('carries bulk both ways at once', async () => {
    const input = 'x'.repeat(5_000_000);
    const { stdout } = await lab.exec('gw', ['cat'], { stdin: input });
    expect(stdout.length).toBe(input.length);
    expect((await lab.exec('gw', ['true'], { stdin: input })).exitCode).toBe(0);
    const slowly = `"$@" | { sleep 1; wc -c; }`;
    const argv = lab.execArgv('gw', ['head', '-c', '3000000', '/dev/zero']);
    expect(spawnSync('sh', ['-c', slowly, 'sh', ...argv], { encoding: 'utf8' }).stdout).toBe('3000000\n');
  });

  test('ends the program at its time limit', async () => {
    const sleeper = lab.exec('gw', ['sleep', '6543'], { timeoutSeconds: 2 });
    await expect(sleeper).rejects.toMatchObject({ code: 'timed-out' });
    await output('gw', 'sh', '-c', 'while pgrep -f "sleep 654[3]"; do sleep 0.1; done >/dev/null');
  });

  test('gets in whatever the host does to its network', async () => {
    for (const chain of ['INPUT', 'OUTPUT']) await output('spare', 'iptables', '-P', chain, 'DROP');
    await output('spare', 'ip', 'link', 'set', 'lo', 'down');
    await output('spare', 'ip', 'addr', 'add', '169.254.0.1/16', 'dev', 'eth0');
    expect(await output('spare', 'hostname')).toBe('spare\n');
    expect(ssh('spare', 'hostname')).toEqual({ status: 0, stdout: 'spare\n' });
  });
});

describe('SSH', () => {
  test('comes by the host’s own link where the network has an operator, else by the lab’s own', () => {
    expect(ssh('gw', 'echo "$SSH_CONNECTION"').stdout).toMatch(/^10\.9\.0\.254 \d+ 10\.9\.0\.1 22\n$/);
    expect(ssh('web', 'echo "$SSH_CONNECTION"; ip -brief link').stdout).toMatch(
      /^169\.254\.0\.1 \d+ 169\.254\.0\.3 22\nlo .*\neth0 .*\n$/,
    );
  });

  test('lets in the users of the file, with the rights of the file', () => {
    expect(ssh('ops@gw', 'echo correct horse | sudo -S -p "" id -un')).toEqual({
      status: 0,
      stdout: 'root\n',
    });
    expect(ssh('ops@gw', 'sudo -n true').status).toBe(1);
    expect(ssh('ops@web', 'true', '-o', 'BatchMode=yes').status).toBe(255);
  });

  test('is told in lab.json', () => {
    const { hosts } = JSON.parse(readFileSync(join(dir, 'lab.json'), 'utf8')) as {
      hosts: Record<string, unknown>;
    };
    expect(hosts['gw']).toEqual({
      kind: 'kernel',
      address: '127.0.0.1',
      port: expect.any(Number) as number,
      user: 'root',
      privateKeyPath: join(dir, 'id_ed25519'),
      hostKey: expect.stringMatching(/^ssh-ed25519 AAAA\S+$/) as string,
    });
  });
});

describe('packets pass', () => {
  test.each([
    ['a kernel host to a kernel host', 'gw', 'http://192.168.7.2/', 'web 192.168.7.1\n'],
    ['a kernel host to a namespace host', 'web', 'http://192.168.7.3/', 'peer 192.168.7.2\n'],
    ['a namespace host to a kernel host', 'peer', 'http://192.168.7.2/', 'web 192.168.7.3\n'],
    [
      'a bare host to a namespace host, through a kernel host',
      'pod',
      'http://192.168.7.3/',
      'peer 172.16.0.2\n',
    ],
    ['a kernel host to a kernel host by IPv6', 'gw', 'http://[fd07::2]/', 'web fd07::1\n'],
    ['a namespace host to a kernel host by IPv6', 'peer', 'http://[fd07::2]/', 'web fd07::3\n'],
  ] as const)('from %s', async (_name, from, url, answer) => {
    await output('peer', 'ip', 'route', 'replace', '172.16.0.0/16', 'via', '192.168.7.1');
    expect(await get(from, url)).toBe(answer);
  });

  test('as pings and datagrams', async () => {
    for (const address of ['192.168.7.2', '192.168.7.3', 'fd07::2', 'fd07::3']) {
      await output('gw', 'ping', '-c', '1', '-W', '5', address);
    }
    const ask = `echo | nc -u -w 1 "$0" 53`;
    expect(await output('gw', 'sh', '-c', ask, '192.168.7.3')).toBe('peer 192.168.7.1\n');
    expect(await output('gw', 'sh', '-c', ask, '192.168.7.2')).toBe('web 192.168.7.1\n');
  });

  test('in bulk and in numbers', async () => {
    const requests =
      'seq 200 | xargs -P 20 -I{} curl -sS --max-time 20 http://192.168.7.2/{} | sort | uniq -c';
    expect((await output('peer', 'sh', '-c', requests)).trim()).toBe('200 web 192.168.7.3');
    const zeros = Buffer.alloc(20_000_000);
    const into = spawnSync('ssh', ['-F', join(dir, 'ssh_config'), 'gw', 'wc -c'], {
      input: zeros,
      encoding: 'utf8',
    });
    expect(into.stdout).toBe('20000000\n');
    expect(ssh('gw', 'head -c 20000000 /dev/zero').stdout.length).toBe(20_000_000);
  });
});

test('a lab leaves nothing behind when it is taken down', async () => {
  const namespaces = namespacesOf(dir);
  // Network, mount and PID namespace of the lab; all five of the namespace hosts; mount and PID namespace of each kernel host.
  expect(namespaces.length).toBe(3 + 2 * 5 + 4 * 2);
  expect(await labDown(dir)).toBe(true);
  expect(findTraces(dir, linksBefore, namespaces)).toEqual(NO_TRACES);
});
