// The ways to lock oneself out, on a host in memory: which a plan refuses, with which line to blame, and of which it only warns.
import { expect, test } from 'vitest';
import type { Way } from './lockout-scenario';
import { ACCEPT, BY_SECOND_ADDRESS, essence, ESTABLISHED, partsOf, planned, ready } from './lockout-scenario';

const WAYS: readonly (readonly [string, Way, readonly string[]])[] = [
  [
    'a policy DROP without an accept',
    { after: ['iptables -P INPUT DROP'] },
    ['refused', 'dropped: table filter, chain INPUT, by its policy DROP', 'at: part "wall", line 1'],
  ],
  [
    'an accept below the drop',
    { before: [ACCEPT], after: ['iptables -A INPUT -i eth0 -j DROP', ACCEPT] },
    ['refused', 'dropped: table filter, chain INPUT, by rule 1', 'at: part "wall", line 1'],
  ],
  [
    'ESTABLISHED kept, but NEW dropped',
    { after: [ESTABLISHED, 'iptables -A INPUT -m conntrack --ctstate NEW -j REJECT'] },
    ['refused', 'rejected: table filter, chain INPUT, by rule 2', 'at: part "wall", line 2'],
  ],
  [
    'NEW accepted, but nothing that follows',
    {
      after: [
        'iptables -A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -j ACCEPT',
        'iptables -P INPUT DROP',
      ],
    },
    ['refused', 'dropped: table filter, chain INPUT, by its policy DROP', 'at: part "wall", line 2'],
  ],
  [
    'the SSH port sent to another host',
    {
      after: ['iptables -t nat -A PREROUTING -i eth0 -p tcp --dport 22 -j DNAT --to-destination 10.1.0.9:22'],
    },
    ['refused', 'sent elsewhere: table nat, chain PREROUTING, by rule 1', 'at: part "wall", line 1'],
  ],
  [
    'the SSH port sent to another port',
    {
      after: [
        'iptables -t nat -N GW-IN',
        'iptables -t nat -A PREROUTING -j GW-IN',
        'iptables -t nat -A GW-IN -p tcp -m multiport --dports 21,22 -j REDIRECT --to-ports 2222',
      ],
    },
    ['refused', 'sent elsewhere: table nat, chain GW-IN, by rule 1', 'at: part "wall", line 3'],
  ],
  [
    'the management address left out',
    { given: { cameBy: BY_SECOND_ADDRESS }, before: ['ip addr add 192.0.2.7/24 dev eth0'], after: [] },
    ['refused', 'the host would lose its address 192.0.2.7', 'at: part "wall", line 1'],
  ],
  [
    'the only route back left out',
    { given: { routes: [] }, before: ['ip route add 198.51.100.0/24 via 192.0.2.1'], after: [] },
    ['refused', 'no route of the host would lead back to 198.51.100.7', 'at: part "wall", line 1'],
  ],
  [
    'one of two routes back left out',
    { before: ['ip route add 198.51.100.0/24 via 192.0.2.1'], after: [] },
    [
      'warned',
      'they would take another way than now: ip route add default via 192.0.2.1 dev eth0',
      'at: part "wall", line 1',
    ],
  ],
  [
    'a blackhole on the way back',
    { after: ['ip route add blackhole 198.51.100.0/24'] },
    ['refused', 'no route of the host would lead back to 198.51.100.7', 'at: part "wall", line 1'],
  ],
  [
    'strict rp_filter',
    { after: ['sysctl net.ipv4.conf.all.rp_filter=1'] },
    [
      'warned',
      'with rp_filter=1 a packet is dropped that comes by another device than its answer would go',
      'at: part "wall", line 1',
    ],
  ],
  [
    'strict rp_filter on another device than that of the way back',
    { after: ['sysctl net.ipv4.conf.eth1.rp_filter=1'] },
    [
      'warned',
      'with rp_filter=1 a packet is dropped that comes by another device than its answer would go',
      'at: part "wall", line 1',
    ],
  ],
  [
    'NOTRACK before a ctstate rule',
    {
      given: { filter: [':INPUT DROP', '-A INPUT -m conntrack --ctstate NEW,ESTABLISHED,RELATED -j ACCEPT'] },
      after: ['iptables -t raw -A PREROUTING -p tcp --dport 22 -j NOTRACK'],
    },
    ['refused', 'dropped: table filter, chain INPUT, by its policy DROP', 'at: part "wall", line 1'],
  ],
  [
    'a mark and a rule of routing that asks for it',
    {
      after: [
        'iptables -t mangle -A OUTPUT -p tcp --sport 22 -j MARK --set-mark 1',
        'ip rule add pref 100 fwmark 1 lookup 100',
        'ip route add default via 10.1.0.9 dev eth1 onlink table 100',
      ],
    },
    ['warned', 'a rule of routing may send them another way', 'at: part "wall", line 2'],
  ],
  [
    'a mark alone',
    { after: ['iptables -t mangle -A OUTPUT -p tcp --sport 22 -j MARK --set-mark 1'] },
    [
      'warned',
      'they would carry a mark, and rules of routing that ask for marks may send them another way',
      'at: part "wall", line 1',
    ],
  ],
  [
    'answers dropped in OUTPUT',
    { after: ['iptables -P OUTPUT DROP'] },
    ['refused', 'dropped: table filter, chain OUTPUT, by its policy DROP', 'at: part "wall", line 1'],
  ],
  [
    'the accept left out above the policy of others',
    { given: { filter: [':INPUT DROP'] }, before: [ACCEPT], after: [] },
    ['refused', 'dropped: table filter, chain INPUT, by its policy DROP', 'at: part "wall", line 1'],
  ],
  [
    'a drop that depends on who came before',
    {
      after: [
        'iptables -A INPUT -p tcp --dport 22 -m recent --name ssh --update --seconds 60 --hitcount 4 -j DROP',
      ],
    },
    [
      'warned',
      'perhaps dropped: table filter, chain INPUT, by rule 1',
      'not judged: `-m recent --update --seconds 60 --hitcount 4 --name ssh --mask 255.255.255.255 --rsource`: it depends on who came before',
      'at: part "wall", line 1',
    ],
  ],
  [
    'a match that we do not know',
    { after: ['iptables -A INPUT -m time --timestart 09:00 -j DROP'] },
    [
      'warned',
      'perhaps dropped: table filter, chain INPUT, by rule 1',
      'not judged: `-m time --timestart 09:00:00 --datestop 2038-01-19T03:14:07`: its words are not known to Gatewright',
      'at: part "wall", line 1',
    ],
  ],
  [
    'a drop that stands there already, by our reckoning',
    { given: { filter: [':INPUT DROP'] }, after: ['iptables -A INPUT -p tcp --dport 443 -j ACCEPT'] },
    [
      'warned',
      'dropped: table filter, chain INPUT, by its policy DROP',
      'By the same reckoning it would end so now, and yet we are connected: so the reckoning is wrong',
    ],
  ],
  [
    'a policy DROP where lockout is allowed',
    { given: { allowLockout: true }, after: ['iptables -P INPUT DROP'] },
    ['warned', 'dropped: table filter, chain INPUT, by its policy DROP', 'at: part "wall", line 1'],
  ],
  [
    'strict rp_filter on the device of the way back',
    { after: ['sysctl net.ipv4.conf.eth0.rp_filter=1'] },
    ['quiet'],
  ],
  ['a policy DROP below an accept', { after: [ACCEPT, ESTABLISHED, 'iptables -P INPUT DROP'] }, ['quiet']],
  [
    'drops of others than SSH',
    {
      after: [
        'iptables -A INPUT -p tcp --dport 23 -j DROP',
        'iptables -A INPUT -s 203.0.113.0/24 -j DROP',
        'iptables -A INPUT -m set ! --match-set admins src -p udp -j DROP',
        'ipset create admins hash:ip',
        'iptables -P FORWARD DROP',
      ],
    },
    ['quiet'],
  ],
  [
    'an accept for members of a set',
    {
      after: [
        'ipset create admins hash:ip',
        'iptables -A INPUT -m set --match-set admins src -p tcp --dport 22 -j ACCEPT',
        ESTABLISHED,
        'iptables -P INPUT DROP',
      ],
    },
    [
      'warned',
      'perhaps dropped: table filter, chain INPUT, by its policy DROP',
      'not judged: `-m set --match-set admins src`: the members of sets are not looked at',
      'at: part "wall", line 2',
    ],
  ],
  [
    'management networks of which one is left out, and one let in half',
    {
      given: { managementCidrs: ['10.9.0.0/16', '203.0.113.0/24'] },
      after: [
        'iptables -A INPUT -s 198.51.100.7 -p tcp --dport 22 -j ACCEPT',
        'iptables -A INPUT -s 203.0.113.0/25 -p tcp --dport 22 -j ACCEPT',
        'iptables -P INPUT DROP',
      ],
    },
    ['refused', 'dropped: table filter, chain INPUT, by its policy DROP', 'at: part "wall", line 3'],
  ],
];

test.each(WAYS)('%s', async (_name, way, expected) => {
  const scenario = await ready(way);
  const before = scenario.host.state();
  expect(essence(await planned(scenario, partsOf(way.after)))).toEqual(expected);
  expect(scenario.host.state()).toBe(before);
});
