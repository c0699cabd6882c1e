// The lab file: what is accepted, and what each mistake is told.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { InvalidLabFile } from '../../lib/lab/errors';
import { readLabFile, readSpec } from '../../lib/lab/read-spec';

const link = { eth0: { network: 'lan', addresses: ['192.168.1.6/24'] } };
const host = { kind: 'namespace', links: link };

test('a full file becomes a spec', () => {
  const spec = readSpec({
    networks: { lan: { operator: '192.168.1.1/24' }, pods: {} },
    hosts: {
      os1_my1: {
        kind: 'namespace',
        links: {
          eth0: { network: 'lan', addresses: ['192.168.1.6/24', 'fd00:0::6/64'] },
          cni0: { network: 'pods' },
        },
        routes: ['default via 192.168.1.1', 'fd01::/64 via fd00::1 dev eth0'],
        serve: [{ port: 3000, protocol: 'tcp' }],
        sysctls: { 'net.ipv4.ip_forward': 1, 'net.ipv4.conf.eth0/1.rp_filter': '2' },
        iptables: 'legacy',
        files: { '/etc/motd': 'hello\n' },
        without: ['iptables'],
        users: [{ name: 'ops', password: 'secret', sudo: 'password' }],
      },
    },
  });
  expect(spec).toEqual({
    networks: [
      { name: 'lan', operator: { family: 'ipv4', address: '192.168.1.1', prefixLength: 24 } },
      { name: 'pods' },
    ],
    hosts: [
      {
        name: 'os1_my1',
        kind: 'namespace',
        links: [
          {
            device: 'eth0',
            network: 'lan',
            addresses: [
              { family: 'ipv4', address: '192.168.1.6', prefixLength: 24 },
              { family: 'ipv6', address: 'fd00::6', prefixLength: 64 },
            ],
          },
          { device: 'cni0', network: 'pods', addresses: [] },
        ],
        routes: [
          { family: 'ipv4', words: ['default', 'via', '192.168.1.1'] },
          { family: 'ipv6', words: ['fd01::/64', 'via', 'fd00::1', 'dev', 'eth0'] },
        ],
        serve: [{ port: 3000, protocol: 'tcp' }],
        sysctls: [
          { key: 'net.ipv4.ip_forward', value: '1' },
          { key: 'net.ipv4.conf.eth0/1.rp_filter', value: '2' },
        ],
        iptables: 'legacy',
        network: 'lab',
        packages: [],
        files: [{ path: '/etc/motd', text: 'hello\n' }],
        without: ['iptables'],
        users: [{ name: 'ops', password: 'secret', sudo: 'password', key: true }],
      },
    ],
  });
});

test('without a list of networks there are those that links name', () => {
  const hosts = {
    a: host,
    b: { kind: 'bare', links: { eth0: { network: 'dmz' }, eth1: { network: 'lan' } } },
  };
  expect(readSpec({ hosts }).networks).toEqual([{ name: 'dmz' }, { name: 'lan' }]);
});

test.each([
  ['no object', [], 'must be a JSON object, got []'],
  ['no hosts', { hosts: {} }, 'hosts: a lab needs at least one host'],
  [
    'an unknown field',
    { hosts: { a: { ...host, adresses: [] } } },
    'hosts.a.adresses: unknown field; allowed: kind,',
  ],
  [
    'an unknown kind',
    { hosts: { a: { ...host, kind: 'vm' } } },
    'hosts.a.kind: not accepted, got "vm"; allowed: namespace, bare, kernel',
  ],
  [
    'a file that leads out of its folder',
    { hosts: { a: { ...host, files: { '/etc/../bin/sh': '' } } } },
    'hosts.a.files./etc/../bin/sh: not accepted; allowed: an absolute path below /etc,',
  ],
  [
    'a file that no host keeps',
    { hosts: { a: { ...host, files: { '/run/x': '' } } } },
    'hosts.a.files./run/x: not accepted',
  ],
  [
    'a bad host name',
    { hosts: { 'a b': host } },
    'hosts.a b.(name): not accepted, got "a b"; allowed: letters, digits',
  ],
  [
    'a long device name',
    { hosts: { a: { kind: 'bare', links: { abcdefghijklmnop: { network: 'lan' } } } } },
    'hosts.a.links.abcdefghijklmnop.(device): bad device name, got "abcdefghijklmnop"; allowed: at most 15 letters',
  ],
  [
    'a reserved device',
    { hosts: { a: { kind: 'bare', links: { lo: { network: 'lan' } } } } },
    'bad device name, got "lo"',
  ],
  [
    'an unknown network',
    { networks: { lan: {}, pods: {} }, hosts: { a: { kind: 'bare', links: { eth0: { network: 'lna' } } } } },
    'hosts.a.links.eth0.network: unknown network, got "lna"; allowed: lan, pods',
  ],
  [
    'a long network name',
    { hosts: { a: { kind: 'bare', links: { eth0: { network: 'abcdefghijklmnop' } } } } },
    'hosts.a.links.eth0.network: not accepted, got "abcdefghijklmnop"; allowed: a-z, 0-9 and -, at most 15',
  ],
  [
    'an address without prefix length',
    { hosts: { a: { kind: 'bare', links: { eth0: { network: 'lan', addresses: ['192.168.1.6'] } } } } },
    'hosts.a.links.eth0.addresses: bad address, got "192.168.1.6"; allowed: such as 192.168.1.6/24 or fd00::6/64',
  ],
  [
    'an address twice in a network',
    { hosts: { a: host, b: host } },
    'hosts.b.links.eth0.addresses: duplicate address, a on eth0 has it too, got "192.168.1.6"',
  ],
  [
    'the operator’s address on a host',
    { networks: { lan: { operator: '192.168.1.6/24' } }, hosts: { a: host } },
    'duplicate address, the operator of lan has it too',
  ],
  [
    'an operator with IPv6',
    { networks: { lan: { operator: 'fd00::1/64' } }, hosts: { a: host } },
    'networks.lan.operator: bad address, got "fd00::1/64"; allowed: an IPv4 address such as 192.168.1.1/24',
  ],
  [
    'a bad route',
    { hosts: { a: { ...host, routes: ['default via nowhere'] } } },
    'hosts.a.routes: bad route: `via` wants an address, got "default via nowhere"',
  ],
  [
    'a bad port',
    { hosts: { a: { ...host, serve: [{ port: 70000, protocol: 'tcp' }] } } },
    'serve[0].port: not accepted, got 70000',
  ],
  [
    'a bad protocol',
    { hosts: { a: { ...host, serve: [{ port: 7, protocol: 'icmp' }] } } },
    'got "icmp"; allowed: tcp, udp',
  ],
  [
    'a port served twice',
    { hosts: { a: { ...host, serve: [1, 2].map(() => ({ port: 7, protocol: 'udp' })) } } },
    'hosts.a.serve: udp 7 is served twice',
  ],
  [
    'a sysctl of the whole machine',
    { hosts: { a: { ...host, sysctls: { 'vm.swappiness': 1 } } } },
    'hosts.a.sysctls.vm.swappiness: not accepted; allowed: keys that begin with net.',
  ],
  [
    'a sysctl that leads out of its folder',
    { hosts: { a: { ...host, sysctls: { 'net.//.kernel.hostname': 'x' } } } },
    'hosts.a.sysctls.net.//.kernel.hostname: not accepted',
  ],
  [
    'a sysctl of two lines',
    { hosts: { a: { ...host, sysctls: { 'net.a': '1\n2' } } } },
    'got "1\\n2"; allowed: one line',
  ],
  [
    'an unknown back-end',
    { hosts: { a: { ...host, iptables: 'bpf' } } },
    'hosts.a.iptables: not accepted, got "bpf"; allowed: nft, legacy',
  ],
  [
    'a program’s path',
    { hosts: { a: { ...host, without: ['/sbin/ip'] } } },
    'hosts.a.without[0]: not accepted, got "/sbin/ip"',
  ],
  [
    'a bad user name',
    { hosts: { a: { ...host, users: [{ name: 'Ops' }] } } },
    'hosts.a.users[0].name: not accepted, got "Ops"',
  ],
  [
    'sudo with a password that is not there',
    { hosts: { a: { ...host, users: [{ name: 'ops', sudo: 'password' }] } } },
    'hosts.a.users[0].sudo: asks for a password that the user does not have',
  ],
  [
    'a list that is none',
    { hosts: { a: { ...host, routes: 'default' } } },
    'hosts.a.routes: must be a list, got "default"',
  ],
  [
    'a flag that is none',
    { hosts: { a: { ...host, users: [{ name: 'x', key: 'no' }] } } },
    'got "no"; allowed: true, false',
  ],
] as const)('refuses %s', (_name, content, message) => {
  expect(() => readSpec(content)).toThrow(message);
});

test('tells everything that is wrong at once, and never a password', () => {
  const content = {
    hosts: {
      a: {
        kind: 'vm',
        links: { eth0: { network: 'LAN', addresses: ['x'] } },
        users: [{ name: 'u', password: 'a:secret' }],
      },
    },
  };
  let thrown: unknown;
  try {
    readSpec(content);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(InvalidLabFile);
  expect(thrown).toMatchObject({
    problems: [
      { at: 'hosts.a.links.eth0.addresses' },
      { at: 'hosts.a.kind' },
      { at: 'hosts.a.users[0].password', what: 'not accepted', allowed: 'one line without a colon' },
      { at: 'hosts.a.links.eth0.network' },
    ],
  });
  expect(String(thrown)).not.toContain('secret');
});

test('a file that is not there or not JSON is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatewright-file-'));
  const path = join(folder, 'lab.json');
  expect(() => readLabFile(path)).toThrow(`cannot read ${path}: ENOENT`);
  writeFileSync(path, '{ "hosts": ');
  expect(() => readLabFile(path)).toThrow(`cannot read ${path}: Unexpected end of JSON input`);
  rmSync(folder, { recursive: true });
});
