// What may become of a packet, from a host's own text: chance is fine, and what is not known is an error that says why.
import { expect, test } from 'vitest';
import { walkFromDevice } from '../../lib/simulate/journey';
import { NotKnown, outcomesOf, sureOutcomesOf } from '../../lib/simulate/outcomes';
import { printOutcome } from '../../lib/simulate/print-trace';
import type { Trace } from '../../lib/simulate/trace';
import type { GivenHost } from '../../lib/simulate/surroundings';
import { toSurroundings } from '../../lib/simulate/surroundings';
import { packetOf } from './packets';

const RULES = `*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:GW-SVC - [0:0]
-A PREROUTING -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j GW-SVC
-A GW-SVC -p tcp -m statistic --mode random --probability 0.50000000000 -j DNAT --to-destination 10.1.0.7:8080
-A GW-SVC -p tcp -j DNAT --to-destination 10.1.0.8:8080
-A POSTROUTING -d 10.1.0.8/32 -j MASQUERADE
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A FORWARD -m set --match-set blocked src -j DROP
-A FORWARD -m recent --rcheck --seconds 60 --name bad -j DROP
COMMIT
`;

const HOST: GivenHost = {
  rules: { ipv4: RULES },
  addresses: [
    { network: '192.0.2.6/24', device: 'eth0' },
    { network: '10.1.0.1/24', device: 'eth1' },
  ],
  routes: [{ network: 'default', device: 'eth0' }],
  sets: 'create blocked hash:ip family inet\nadd blocked 198.51.100.9\n',
  virtualServers: '-A -t 192.0.2.6:443 -s rr\n',
};

function walk(text: string, more: Partial<GivenHost> = {}): Trace {
  return walkFromDevice(packetOf(text), toSurroundings({ ...HOST, ...more }));
}

test.each<[string, string, readonly string[]]>([
  [
    'a service',
    'tcp 198.51.100.7:1024 -> 10.96.0.10:80',
    ['forwarded to 10.1.0.8:8080, masqueraded', 'forwarded to 10.1.0.7:8080'],
  ],
  ['who is in a set', 'tcp 198.51.100.9:1024 -> 10.96.0.10:80', ['dropped']],
  ['a virtual server without real servers', 'tcp 198.51.100.7:1024 -> 192.0.2.6:443', ['rejected']],
  ['the host itself', 'tcp 198.51.100.7:1024 -> 10.1.0.1:22', ['delivered to 10.1.0.1:22']],
  ['a loopback address', 'tcp 198.51.100.7:1024 -> 127.0.0.1:22', ['no-route']],
])('%s', (_name, text, expected) => {
  expect(sureOutcomesOf(walk(text)).map(printOutcome)).toEqual(expected);
});

test('a list of recent that is given counts', () => {
  const recent = new Map([['bad', new Map([['198.51.100.7', [5]]])]]);
  expect(
    sureOutcomesOf(walk('tcp 198.51.100.7:1024 -> 10.96.0.10:80', { recent })).map(printOutcome),
  ).toEqual(['dropped']);
});

test.each<[string, Partial<GivenHost>, string]>([
  [
    'a set that is not given',
    { sets: '' },
    [
      'perhaps dropped: iptables -t filter -A FORWARD -m set --match-set blocked src -j DROP: the set is not known, or the packet does not say what it asks',
    ].join('\n'),
  ],
  [
    'a program that decides',
    { rules: { ipv4: '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -j NFQUEUE --queue-num 0\nCOMMIT\n' } },
    'perhaps unknown: iptables -t filter -A FORWARD -j NFQUEUE --queue-num 0: the program that takes the queue decides',
  ],
])('%s is an error', (_name, more, reason) => {
  const trace = walk('tcp 198.51.100.7:1024 -> 10.96.0.10:80', more);
  expect(() => sureOutcomesOf(trace)).toThrow(NotKnown);
  expect(() => sureOutcomesOf(trace)).toThrow(reason);
});

test('an outcome that chance alone may bring is sure, whatever else may bring it', () => {
  const rules = `*filter
:FORWARD ACCEPT [0:0]
-A FORWARD -m statistic --mode random --probability 0.5 -j DROP
-A FORWARD -m limit --limit 3/hour -j DROP
COMMIT
`;
  const outcomes = outcomesOf(walk('tcp 198.51.100.7:1024 -> 10.1.0.9:80', { rules: { ipv4: rules } }));
  expect(outcomes.map(({ disposition, unknowns }) => [disposition, unknowns.length])).toEqual([
    ['dropped', 0],
    ['forwarded', 1],
  ]);
});
