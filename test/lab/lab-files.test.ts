// The texts that the lab writes and reads: ssh_config, known_hosts, sshd_config, file systems, addresses, packages.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { printKnownHosts, printSshConfig } from '../../lib/lab/access-files';
import type { LabHosts } from '../../lib/lab/access-files';
import { otherFileSystems } from '../../lib/lab/filesystems';
import { sshdConfig } from '../../lib/lab/host-seed';
import { isInstalled, requirementsOf } from '../../lib/lab/packages';
import { readSpec } from '../../lib/lab/read-spec';
import { parseBriefAddresses } from '../../lib/lab/status';
import { nameSwitchPorts } from '../../lib/lab/wire';

const HOSTS: LabHosts = {
  gw: {
    kind: 'namespace',
    address: '127.0.0.1',
    port: 40001,
    user: 'root',
    privateKeyPath: '/x y/.lab/id_ed25519',
    hostKey: 'ssh-ed25519 AAAAgw',
  },
  pod: { kind: 'bare' },
};

test('ssh_config leads to each host that has an SSH server, and trusts no other key', () => {
  expect(printSshConfig('/x y/.lab', HOSTS)).toBe(`Host gw
  HostName 127.0.0.1
  Port 40001
  User root

Host *
  IdentityFile "/x y/.lab/id_ed25519"
  IdentitiesOnly yes
  UserKnownHostsFile "/x y/.lab/known_hosts"
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  LogLevel ERROR
`);
  expect(printKnownHosts(HOSTS)).toBe('[127.0.0.1]:40001 ssh-ed25519 AAAAgw\n');
});

describe('sshd_config', () => {
  test.each([
    ['no users', [], ['AllowUsers root', 'PermitRootLogin prohibit-password', 'PasswordAuthentication no']],
    [
      'a user with a key',
      [{ name: 'ops', key: true }],
      ['AllowUsers root ops', 'PermitRootLogin prohibit-password', 'PasswordAuthentication no'],
    ],
    [
      'a user with a password',
      [{ name: 'ops', password: 'x', key: false }],
      ['AllowUsers root ops', 'PermitRootLogin prohibit-password', 'PasswordAuthentication yes'],
    ],
    [
      'root with a password',
      [{ name: 'root', password: 'x', key: true }],
      ['AllowUsers root', 'PermitRootLogin yes', 'PasswordAuthentication yes'],
    ],
  ] as const)('with %s lets in whom it should', (_name, users, expected) => {
    const lines = sshdConfig(users).split('\n');
    expect(lines.filter((line) => /^(AllowUsers|PermitRootLogin|PasswordAuth)/.test(line))).toEqual(expected);
  });
});

test('a host also gets the machine’s other file systems, but none that is made up or its own', () => {
  const mountinfo = `23 1 8:1 / / rw - ext4 /dev/sda1 rw
24 23 0:5 / /proc rw - proc proc rw
25 23 8:2 / /usr rw - ext4 /dev/sda2 rw
26 23 8:3 / /home rw - ext4 /dev/sda3 rw
27 23 8:4 / /etc/hosts rw - ext4 /dev/sda4 rw
28 23 0:9 / /opt rw - tmpfs none rw
29 25 8:5 / /usr/lib rw - ext4 /dev/sda5 rw
30 23 8:6 / /var,x rw - ext4 /dev/sda6 rw
31 23 8:6 / /srv\\040x rw - ext4 /dev/sda6 rw
`;
  expect(otherFileSystems(mountinfo)).toEqual(['/usr', '/usr/lib']);
});

test('addresses are read from `ip -brief addr`', () => {
  const text = `lo               UNKNOWN        127.0.0.1/8 ::1/128
eth0@if5         UP             192.168.1.6/24 fd00::6/64 fe80::2c8d:8aff:fedc:c88f/64
cni0@if6         LOWERLAYERDOWN 10.5.75.1/24
`;
  expect(parseBriefAddresses(text)).toEqual([
    { device: 'eth0', isUp: true, addresses: ['192.168.1.6/24', 'fd00::6/64'] },
    { device: 'cni0', isUp: false, addresses: ['10.5.75.1/24'] },
  ]);
});

test('every link has a port of its own in the switch', () => {
  const example = readFileSync(join(__dirname, '../../examples/cluster-ip/lab.json'), 'utf8');
  const { hosts } = readSpec(JSON.parse(example));
  const ports = nameSwitchPorts(hosts);
  expect(ports.get('cloudos1')).toEqual({ eth0: 'port.0', cni0: 'port.1' });
  expect(ports.get('client')).toEqual({ eth0: 'port.8' });
});

describe('programs', () => {
  const withUsers = (users: object[]) =>
    requirementsOf(readSpec({ hosts: { gw: { kind: 'namespace', links: {}, users } } })).map(
      ({ program }) => program,
    );

  test('sudo is needed only where a user may use it', () => {
    expect(withUsers([{ name: 'ops' }])).not.toContain('sudo');
    expect(withUsers([{ name: 'ops', sudo: 'nopasswd' }])).toContain('sudo');
    expect(withUsers([])).toEqual(
      expect.arrayContaining(['sshd', 'iptables', 'ipset', 'ip', 'unshare', 'nsenter']),
    );
  });

  test('are looked for where root finds them', () => {
    expect(isInstalled('sh', '/usr/sbin:/bin')).toBe(true);
    expect(isInstalled('sh', '/nowhere')).toBe(false);
    expect(isInstalled('no-such-program')).toBe(false);
  });
});
