// What kernel hosts are told before they boot: addresses of the lab in them, their seeds, the sources of their root.
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { debianLines } from '../../../lib/lab/kernel/debian-sources';
import { releaseOf } from '../../../lib/lab/kernel/debian-root';
import { doorOf, macAddress } from '../../../lib/lab/kernel/door';
import { archiveKernelSeed } from '../../../lib/lab/kernel/kernel-seed';
import { requirementsOf } from '../../../lib/lab/packages';
import { readSpec } from '../../../lib/lab/read-spec';
import type { HostFile } from '../../../lib/lab/spec';
import { mustRun } from '../../../lib/lab/run';

const specOf = (host: Omit<HostFile, 'kind'>) => {
  const [spec] = readSpec({ hosts: { gw: { kind: 'kernel', ...host } } }).hosts;
  if (spec === undefined) throw new Error('no host was read');
  return spec;
};

describe('a door', () => {
  test.each([
    [0, '169.254.0.2', '02:6c:62:00:00:ff'],
    [253, '169.254.0.255', '02:6c:62:00:fd:ff'],
    [254, '169.254.1.0', '02:6c:62:00:fe:ff'],
  ])('of host %i is at %s', (number, address, mac) => {
    expect(doorOf(number)).toEqual({ port: `door.${number}`, plug: `lock.${number}`, address, mac });
  });

  test('shares its hardware address with no link', () => {
    expect(macAddress(7, 0)).toBe('02:6c:62:00:07:00');
    expect(macAddress(300, 2)).toBe('02:6c:62:01:2c:02');
  });
});

describe('the seed of a kernel host', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatewright-seed-'));
    mkdirSync(join(folder, 'gw'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const read = (path: string): string => readFileSync(join(folder, 'gw', path), 'utf8');

  test('has all of the lab file', async () => {
    const host = specOf({
      links: {
        enp0s5: { network: 'lan', addresses: ['192.168.7.1/24', 'fd07::1/64'] },
        eth1: { network: 'dmz' },
      },
      routes: ['default via 192.168.7.3', 'fd08::/64 via fd07::3'],
      sysctls: {
        'net.ipv4.ip_forward': 1,
        'net.netfilter.nf_conntrack_max': 4096,
        'net.ipv4.vs.conntrack': 1,
      },
      serve: [{ port: 80, protocol: 'tcp' }],
      without: ['curl'],
      users: [{ name: 'ops', password: 'secret' }, { name: 'dev' }],
    });
    const archive = await archiveKernelSeed(host, join(folder, 'gw'), doorOf(0));
    const own = (name: string): string => read(`usr/lib/lab/${name}`);
    expect(own('devices')).toBe(
      'link set vec0 name enp0s5\nlink set vec1 name eth1\nlink set vec2 name lab-door\n',
    );
    expect(own('network')).toBe(
      'addr add 192.168.7.1/24 dev enp0s5\naddr add fd07::1/64 dev enp0s5 nodad\nlink set enp0s5 up\nlink set eth1 up\nroute add default via 192.168.7.3\n',
    );
    expect(own('network6')).toBe('route add fd08::/64 via fd07::3\n');
    expect([own('users'), own('passwords'), own('without')]).toEqual([
      'ops\ndev\n',
      'ops:secret\n',
      'curl\n',
    ]);
    expect(statSync(join(folder, 'gw/usr/lib/lab/passwords')).mode & 0o777).toBe(0o600);
    expect(read('etc/modules-load.d/lab.conf')).toBe('nf_conntrack\nip_vs\n');
    expect(read('etc/sysctl.d/10-lab.conf')).toBe(
      'net.ipv4.ip_forward = 1\nnet.netfilter.nf_conntrack_max = 4096\nnet.ipv4.vs.conntrack = 1\n',
    );
    expect(read('etc/systemd/system/lab-serve.service')).toContain('/usr/lib/lab/serve gw tcp:80\n');
    const wanted = join(folder, 'gw/etc/systemd/system/multi-user.target.wants/lab-door.service');
    expect(readlinkSync(wanted)).toBe('../lab-door.service');
    expect(await mustRun(['tar', '--list', '--file', archive])).toContain('./usr/lib/lab/door\n');
  });

  test('has no unit for servers where there are none', async () => {
    await archiveKernelSeed(specOf({ links: {} }), join(folder, 'gw'), doorOf(0));
    expect(() => read('etc/systemd/system/lab-serve.service')).toThrow('ENOENT');
    expect(read('etc/systemd/system/lab-door.service')).toContain('door lab-door 169.254.0.2 169.254.0.1\n');
  });
});

describe('the root', () => {
  test('comes from where the machine gets Debian, and from nobody else', () => {
    const targets = [
      'Debian\tdeb mirror.example/debian/ bookworm main',
      'Debian\tdeb mirror.example/debian/ bookworm main',
      'Somebody\tdeb packages.example/apt stable main',
      'Debian\tdeb mirror.example/debian-security/ bookworm-security main',
      '',
    ];
    expect(debianLines(targets.join('\n'))).toBe(
      'deb mirror.example/debian/ bookworm main\ndeb mirror.example/debian-security/ bookworm-security main\n',
    );
    expect(debianLines('')).toBe('');
  });

  test.each([
    ['ID=debian\nVERSION_CODENAME=bookworm\n', 'bookworm'],
    ['VERSION_CODENAME="trixie"\n', 'trixie'],
    ['ID=debian\n', 'stable'],
  ])('is of the release in %j', (osRelease, release) => {
    expect(releaseOf(osRelease)).toBe(release);
  });

  test.each([
    ['a kernel host', 'kernel', ['user-mode-linux', 'mmdebstrap']],
    ['no kernel host', 'namespace', []],
  ] as const)('needs of this machine, where the file has %s', (_name, kind, packages) => {
    const spec = readSpec({ hosts: { gw: { kind, links: {} } } });
    const names = requirementsOf(spec).map((requirement) => requirement.package);
    expect(names.filter((name) => name === 'user-mode-linux' || name === 'mmdebstrap')).toEqual(packages);
  });
});
