// What a host keeps for a boot, file by file, of parts over every subsystem.
import { describe, expect, test } from 'vitest';
import type { Wording } from '../../../lib/converge/align';
import { OUR_WORDING } from '../../../lib/converge/align';
import { bootFiles } from '../../../lib/converge/boot/boot-files';
import { toDesired } from '../../../lib/converge/desired';
import type { Parts } from '../../../lib/model/declaration';
import { DEFAULT_SCOPE } from '../../../lib/model/scope';
import { parseParts } from '../../../lib/syntax/parts';
import { partsOn } from '../all-parts';

function filesOf(
  parts: Parts,
  { scope = DEFAULT_SCOPE, wording = OUR_WORDING } = {},
): Readonly<Record<string, string>> {
  const { desired, problems } = toDesired(parseParts(parts).declared, scope);
  expect(problems).toEqual([]);
  return bootFiles(desired, { wording, persist: 'fail-open' });
}

test('each subsystem has a file of its own, and what it needs stands beside', () => {
  expect(filesOf(partsOn('eth1'))).toEqual({
    settings: 'persist fail-open\nprefix GW-\n',
    modules: lines(
      'dummy',
      'ip_set',
      'ip_set_hash_net',
      'ip_set_hash_ip',
      'ip_vs',
      'ip_vs_wrr',
      'xt_set',
      'nf_conntrack',
    ),
    sysctls: lines('net/ipv4/ip_forward 1', 'net/ipv4/vs/conntrack 1'),
    devices: 'eth1\n',
    ip: lines(
      'link add gw0 type dummy',
      'link set gw0 up',
      'addr add 10.96.0.10/32 scope 0 dev gw0',
      '-6 addr add fd00:96::a/128 scope 0 dev gw0',
      'addr add 182.16.100.101/24 scope 0 dev eth1',
      'route add unicast 10.41.0.0/16 via 182.16.100.9 dev eth1 table 254 proto 3 scope 0',
      'rule add pref 80 from all fwmark 0x8 lookup 80',
    ),
    ipset: lines(
      'create GW-CLIENTS hash:net',
      'add GW-CLIENTS 182.16.100.0/24',
      'add GW-CLIENTS 10.40.0.0/16',
      'create GW-SIX hash:ip family inet6',
      'add GW-SIX fd00::7',
    ),
    ipvs: lines(
      '-A -t 10.96.0.10:80 -s wrr',
      '-a -t 10.96.0.10:80 -r 182.16.100.11:80 -m -w 1',
      '-a -t 10.96.0.10:80 -r 182.16.100.12:80 -m -w 2',
    ),
    ipv4: lines(
      '*nat',
      '-A POSTROUTING -m set --match-set GW-CLIENTS src -m comment --comment "gatewright:default" -j MASQUERADE',
      'COMMIT',
      '*filter',
      ':GW-FORWARD - [0:0]',
      '-A FORWARD -m comment --comment "gatewright:default" -j GW-FORWARD',
      '-A GW-FORWARD -m set ! --match-set GW-CLIENTS src -j DROP',
      'COMMIT',
    ),
    ipv6: lines(
      '*filter',
      ':GW-FORWARD - [0:0]',
      ':FORWARD DROP [0:0]',
      '-A FORWARD -m comment --comment "gatewright:default" -j GW-FORWARD',
      '-A GW-FORWARD -m set --match-set GW-SIX src -j ACCEPT',
      'COMMIT',
    ),
  });
});

test('a scope that declares nothing keeps only what it is', () => {
  const scope = { name: 'web', chainPrefix: 'WEB-' };
  expect(filesOf({}, { scope })).toEqual({ settings: 'persist fail-open\nprefix WEB-\n' });
});

test('rules of a head come from the last to the first, so that each is put above the one before it', () => {
  const parts = {
    a: lines(
      'iptables -I INPUT -s 1.1.1.1 -j ACCEPT',
      'iptables -I INPUT -s 2.2.2.2 -j ACCEPT',
      'iptables -A INPUT -s 3.3.3.3 -j ACCEPT',
      'iptables -A INPUT -s 4.4.4.4 -j ACCEPT',
      'iptables -I GW-A -s 1.1.1.1 -j ACCEPT',
      'iptables -I GW-A -s 2.2.2.2 -j ACCEPT',
    ),
  };
  expect(rulesOf(filesOf(parts).ipv4)).toEqual([
    '-I INPUT -s 1.1.1.1/32',
    '-I INPUT -s 2.2.2.2/32',
    '-A INPUT -s 3.3.3.3/32',
    '-A INPUT -s 4.4.4.4/32',
    '-A GW-A -s 2.2.2.2/32',
    '-A GW-A -s 1.1.1.1/32',
  ]);
});

test('rules are kept as the host words them', () => {
  const wording: Wording = ({ chain }, text) => (chain === 'GW-A' ? text.replace('-p tcp', '-p 6') : text);
  const { ipv4 = '' } = filesOf({ a: 'iptables -A GW-A -p tcp -j ACCEPT' }, { wording });
  expect(ipv4).toContain('-A GW-A -p 6 -j ACCEPT\n');
});

test('lists stand behind the sets that they hold, and their members in their order', () => {
  const parts = {
    a: lines(
      'ipset create ALL list:set',
      'ipset add ALL ONE',
      'ipset add ALL TWO before ONE',
      'ipset create ONE hash:ip comment',
      'ipset add ONE 192.0.2.1 comment "the shop"',
      'ipset create TWO hash:ip',
    ),
  };
  expect(filesOf(parts).ipset).toBe(
    lines(
      'create ONE hash:ip comment',
      'add ONE 192.0.2.1 comment "the shop"',
      'create TWO hash:ip',
      'create ALL list:set',
      'add ALL TWO',
      'add ALL ONE',
    ),
  );
});

test('forwarding is written before what it sets anew', () => {
  const parts = { a: 'sysctl net.ipv4.conf.all.accept_redirects=0\nsysctl net.ipv4.ip_forward=1' };
  expect(filesOf(parts).sysctls).toBe('net/ipv4/ip_forward 1\nnet/ipv4/conf/all/accept_redirects 0\n');
});

describe('what is of others and may come late', () => {
  test.each<readonly [what: string, parts: readonly string[], others: string | undefined]>([
    ['a chain with rules of ours', ['iptables -A DOCKER-USER -j DROP'], 'chain ipv4 filter DOCKER-USER\n'],
    [
      'a chain that a rule jumps to',
      ['iptables -t nat -A GW-A -j CNI-HOSTPORT'],
      'chain ipv4 nat CNI-HOSTPORT\n',
    ],
    ['a chain of ours', ['iptables -A INPUT -j GW-A', 'iptables -A GW-A -j DROP'], undefined],
    ['a set that a rule names', ['iptables -A INPUT -m set --match-set f2b src -j DROP'], 'set f2b\n'],
    ['a set that gets a member', ['ipset add THEIRS 192.0.2.1'], 'set THEIRS\n'],
    ['a set in a list of ours', ['ipset create ALL list:set', 'ipset add ALL THEIRS'], 'set THEIRS\n'],
    [
      'a set of ours',
      ['ipset create A hash:ip', 'iptables -A INPUT -m set --match-set A src -j DROP'],
      undefined,
    ],
    [
      'a virtual server that gets a real server',
      ['ipvsadm -a -t 10.0.0.1:80 -r 10.0.0.2:80 -m'],
      'server -t 10.0.0.1:80 -s rr\n',
    ],
  ])('%s', (_what, texts, others) => {
    expect(filesOf({ a: lines(...texts) }).others).toBe(others);
  });
});

test.each<readonly [what: string, line: string, devices: string | undefined]>([
  ['an address', 'ip addr add 10.0.0.1/24 dev eth0', 'eth0\n'],
  ['a route', 'ip route add 10.1.0.0/16 via 10.0.0.9 dev eth0', 'eth0\n'],
  ['a route whose device is the kernel’s to choose', 'ip route add 10.1.0.0/16 via 10.0.0.9', undefined],
  ['a link of ours', 'ip link add gw0 type dummy\nip addr add 10.0.0.1/24 dev gw0', undefined],
  ['a routing rule, which waits for its device by itself', 'ip rule add pref 9 iif eth0 lookup 9', undefined],
])('devices that are waited for: %s', (_what, line, devices) => {
  expect(filesOf({ a: line }).devices).toBe(devices);
});

function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}

/** Without mark and target. */
function rulesOf(text = ''): string[] {
  return text.split('\n').flatMap((line) => /^-[AI] \S+ -s \S+/.exec(line)?.[0] ?? []);
}
