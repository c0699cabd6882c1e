// Kernel hosts in a lab file: what they may have that others may not, and the other way round.
import { expect, test } from 'vitest';
import { readSpec } from '../../../lib/lab/read-spec';

const link = { eth0: { network: 'lan', addresses: ['192.168.1.6/24'] } };
const host = { kind: 'namespace', links: link };

test.each([
  ['systemd-networkd', { via: '192.168.1.7', dev: [] }],
  ['ifupdown', { via: '192.168.9.7', dev: ['dev', 'eth0'] }],
  ['lab', { via: '192.168.9.7', dev: [] }],
] as const)('a kernel host may have %s set up its network', (network, { via, dev }) => {
  const routes = [['10.5.88.0/24', 'via', via, ...dev].join(' ')];
  const [spec] = readSpec({ hosts: { a: { kind: 'kernel', links: link, network, routes } } }).hosts;
  expect(spec?.network).toBe(network);
});

test('a kernel host may have packages', () => {
  const packages = ['iptables-persistent', 'ufw'];
  expect(readSpec({ hosts: { a: { ...host, kind: 'kernel', packages } } }).hosts[0]?.packages).toEqual(
    packages,
  );
});

test.each([
  [
    'iptables-nft on a kernel host',
    { hosts: { a: { ...host, kind: 'kernel', iptables: 'nft' } } },
    'hosts.a.iptables: the kernel of kernel hosts refuses what iptables-nft adds, got "nft"; allowed: legacy, or',
  ],
  [
    'a device name that a kernel host has while it boots',
    { hosts: { a: { kind: 'kernel', links: { vec0: { network: 'lan' }, 'lab-door': { network: 'lan' } } } } },
    'hosts.a.links.lab-door: bad device name, got "lab-door"; allowed: none of vec0, vec1, … and lab-door',
  ],
  [
    'a kernel host without what the lab needs in it',
    { hosts: { a: { ...host, kind: 'kernel', without: ['ipset', 'perl'] } } },
    'hosts.a.without: a kernel host cannot boot, or the lab not enter it, without this, got "perl"; allowed: leave',
  ],
  [
    'an unknown network service',
    { hosts: { a: { ...host, kind: 'kernel', network: 'connman' } } },
    'hosts.a.network: not accepted, got "connman"; allowed: lab, systemd-networkd, ifupdown',
  ],
  [
    'a network service on a host without a boot of its own',
    { hosts: { a: { ...host, network: 'ifupdown' } } },
    'hosts.a.network: only a kernel host boots a Debian of its own; allowed: leave it out, or "kind": "kernel"',
  ],
  [
    'packages on a host that has the machine’s',
    { hosts: { a: { ...host, packages: ['ufw'] } } },
    'hosts.a.packages: only a kernel host boots a Debian of its own',
  ],
  [
    'a package with an option in its name',
    { hosts: { a: { ...host, kind: 'kernel', packages: ['--help'] } } },
    'hosts.a.packages[0]: not accepted, got "--help"; allowed: the name of a Debian package, such as ufw',
  ],
  [
    'a route that networkd could keep with no link',
    {
      hosts: {
        a: { ...host, kind: 'kernel', network: 'systemd-networkd', routes: ['10.0.0.0/8 via 10.9.9.9'] },
      },
    },
    'hosts.a.routes: systemd-networkd keeps each route with a link, and this one names none, got "10.0.0.0/8 via 10.9.9.9"',
  ],
] as const)('refuses %s', (_name, content, message) => {
  expect(() => readSpec(content)).toThrow(message);
});
