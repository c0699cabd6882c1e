// What IPVS makes of packets: who takes them, which hooks they pass, and what rules know of them then.
import { expect, test } from 'vitest';
import { walkFromDevice, walkFromHost } from '../../lib/simulate/journey';
import { outcomesOf } from '../../lib/simulate/outcomes';
import { printOutcome } from '../../lib/simulate/print-trace';
import { NO_DEVICE } from '../../lib/simulate/packet';
import type { Packet } from '../../lib/simulate/packet';
import { routesOf } from '../../lib/simulate/routes';
import type { Surroundings } from '../../lib/simulate/rule-set';
import { readVirtualServers } from '../../lib/simulate/surroundings';
import { packetOf, surroundings } from './packets';

const WEB = [
  '-A -t 192.0.2.6:80 -s rr',
  '-a -t 192.0.2.6:80 -r 10.1.0.7:8080 -m -w 1',
  '-a -t 192.0.2.6:80 -r 10.1.0.8:8080 -m -w 1',
  '-a -t 192.0.2.6:80 -r 10.1.0.9:8080 -m -w 0',
];
const BOTH = ['forwarded to 10.1.0.7:8080', 'forwarded to 10.1.0.8:8080'];
const ONE = ['-A -t 192.0.2.6:80 -s rr', '-a -t 192.0.2.6:80 -r 10.1.0.7:8080 -m -w 1'];
const CLIENT = 'tcp 198.51.100.7:1024 -> 192.0.2.6:80';
const OWN = 'tcp 192.0.2.6:1024 -> 192.0.2.6:80';

interface Case {
  readonly servers?: readonly string[];
  readonly rules?: readonly string[];
  readonly packet?: Partial<Packet>;
  readonly isTracked?: 'no' | 'unknown';
}

function host({ servers = WEB, rules = [], isTracked }: Case): Surroundings {
  return {
    ...surroundings(rules),
    routeOf: routesOf([
      { network: '198.51.100.0/24', device: 'eth0' },
      { network: '10.1.0.0/24', device: 'eth1' },
    ]),
    ipvs: { servers: readVirtualServers(servers.join('\n')), isTracked: isTracked ?? 'yes' },
  };
}

function outcomes(text: string, given: Case): string[] {
  const isOwn = text.includes(' 192.0.2.6:1024');
  const packet = packetOf(text, { ...(isOwn ? { inDevice: NO_DEVICE } : {}), ...given.packet });
  const trace = isOwn ? walkFromHost(packet, host(given)) : walkFromDevice(packet, host(given));
  return outcomesOf(trace).map(printOutcome);
}

const MASQUERADED = 'nat POSTROUTING -m ipvs --vaddr 192.0.2.6 --vport 80 --vmethod MASQ -j MASQUERADE';

test.each<[string, string, Case, readonly string[]]>([
  ['each real server with a weight may take it', CLIENT, {}, BOTH],
  ['no virtual server', CLIENT, { servers: [] }, ['delivered to 192.0.2.6:80']],
  ['another port', 'tcp 198.51.100.7:1024 -> 192.0.2.6:81', {}, ['delivered to 192.0.2.6:81']],
  ['another protocol', 'udp 198.51.100.7:1024 -> 192.0.2.6:80', {}, ['delivered to 192.0.2.6:80']],
  ['no real server', CLIENT, { servers: ['-A -t 192.0.2.6:80 -s rr'] }, ['rejected']],
  [
    'none with a weight',
    CLIENT,
    { servers: ['-A -t 192.0.2.6:80 -s rr', '-a -t 192.0.2.6:80 -r 10.1.0.9:80 -m -w 0'] },
    ['rejected'],
  ],
  [
    'source hashing may lead to a quiescent one',
    CLIENT,
    { servers: WEB.map((line) => line.replace('rr', 'sh')) },
    ['rejected', ...BOTH],
  ],
  [
    'and falls back where told',
    CLIENT,
    { servers: WEB.map((line) => line.replace('rr', 'sh -b sh-fallback')) },
    BOTH,
  ],
  [
    'fail-over takes the heaviest',
    CLIENT,
    {
      servers: [...WEB, '-a -t 192.0.2.6:80 -r 10.1.0.10:80 -m -w 5'].map((line) => line.replace('rr', 'fo')),
    },
    ['forwarded to 10.1.0.10:80'],
  ],
  ['filter INPUT comes before it', CLIENT, { rules: ['filter INPUT -j DROP'] }, ['dropped']],
  ['filter FORWARD is not asked', CLIENT, { rules: ['filter FORWARD policy DROP'] }, BOTH],
  [
    'filter OUTPUT sees where it goes',
    CLIENT,
    { rules: ['filter OUTPUT -d 10.1.0.7/32 -j DROP'] },
    ['dropped', 'forwarded to 10.1.0.8:8080'],
  ],
  ['nat OUTPUT does not see it', CLIENT, { rules: ['nat OUTPUT -j DNAT --to-destination 10.1.0.1'] }, BOTH],
  [
    'POSTROUTING masquerades it',
    CLIENT,
    { servers: ONE, rules: [MASQUERADED] },
    ['forwarded to 10.1.0.7:8080, masqueraded'],
  ],
  [
    'without vs.conntrack nat does not see it',
    CLIENT,
    { servers: ONE, rules: [MASQUERADED], isTracked: 'no' },
    ['forwarded to 10.1.0.7:8080'],
  ],
  [
    'a rule that asks for another virtual server',
    CLIENT,
    { servers: ONE, rules: [MASQUERADED.replace('--vport 80', '--vport 81')] },
    ['forwarded to 10.1.0.7:8080'],
  ],
  [
    'what IPVS did not touch',
    CLIENT,
    {
      servers: [],
      rules: ['filter INPUT -m ipvs ! --vport 80 -j DROP', 'filter INPUT -m ipvs ! --ipvs -j REJECT'],
    },
    ['rejected'],
  ],
  [
    'a real server of the host itself',
    CLIENT,
    { servers: ['-A -t 192.0.2.6:80 -s rr', '-a -t 192.0.2.6:80 -r 10.1.0.6:8080 -m -w 1'] },
    ['delivered to 10.1.0.6:8080'],
  ],
  [
    'direct routing leaves it as it is',
    CLIENT,
    { servers: ['-A -t 192.0.2.6:80 -s rr', '-a -t 192.0.2.6:80 -r 10.1.0.7:80 -g -w 1'] },
    ['forwarded to 192.0.2.6:80'],
  ],
  [
    'a tunnel is not followed',
    CLIENT,
    { servers: ['-A -t 192.0.2.6:80 -s rr', '-a -t 192.0.2.6:80 -r 10.1.0.7:80 -i -w 1'] },
    ['unknown: what IPVS wraps for a tunnel is not followed'],
  ],
  [
    'a real server without a route',
    CLIENT,
    { servers: ['-A -t 192.0.2.6:80 -s rr', '-a -t 192.0.2.6:80 -r 10.2.0.7:80 -m -w 1'] },
    ['no-route'],
  ],
  [
    'a firewall mark comes before the address',
    CLIENT,
    {
      servers: [...WEB, '-A -f 7 -s rr', '-a -f 7 -r 10.1.0.10:0 -m -w 1'],
      rules: ['mangle PREROUTING -j MARK --set-xmark 0x7/0xffffffff'],
    },
    ['forwarded to 10.1.0.10:80'],
  ],
  [
    'a mark that is not known',
    CLIENT,
    { servers: ['-A -f 7 -s rr', '-a -f 7 -r 10.1.0.10:0 -m -w 1'], packet: { mark: 'unknown' } },
    ['unknown: whether it is for a virtual server is not known'],
  ],
  [
    'a packet of a connection that stands',
    CLIENT,
    { packet: { ctstate: 'ESTABLISHED', flags: ['ACK'] } },
    ['unknown: it may be of a connection that IPVS knows, and those are not looked at'],
  ],
  [
    'thresholds may keep all from taking it',
    CLIENT,
    { servers: ONE.map((line) => line.replace('-w 1', '-w 1 -x 5')) },
    ['unknown: whether a real server takes more connections is not known', 'forwarded to 10.1.0.7:8080'],
  ],
  ['what the host sends', OWN, { servers: ONE }, ['sent to 10.1.0.7:8080']],
  [
    'what the host sends is known by its virtual server in filter OUTPUT',
    OWN,
    {
      servers: ONE,
      rules: ['filter OUTPUT -s 192.0.2.6/32 -m ipvs --vproto 6 --vaddr 192.0.2.6 --vport 80 -j DROP'],
    },
    ['dropped'],
  ],
  [
    'filter OUTPUT does not see the virtual server itself',
    OWN,
    { servers: ONE, rules: ['filter OUTPUT -d 192.0.2.6/32 -j DROP'] },
    ['sent to 10.1.0.7:8080'],
  ],
  [
    'what the host sends, to a real server of its own',
    OWN,
    { servers: ['-A -t 192.0.2.6:80 -s rr', '-a -t 192.0.2.6:80 -r 10.1.0.6:8080 -m -w 1'] },
    ['delivered to 10.1.0.6:8080'],
  ],
])('%s', (_name, text, given, expected) => {
  expect(outcomes(text, given)).toEqual(expected);
});

test('the trace says which virtual server and real servers it was', () => {
  const { steps } = walkFromDevice(packetOf(CLIENT), host({}));
  const balanced = steps.flatMap((step) =>
    step.kind === 'virtual-server' ? [`${step.did} ${step.realServer?.address ?? ''}`] : [],
  );
  expect(balanced).toEqual(['balanced 10.1.0.7', 'balanced 10.1.0.8']);
});

test('without an IPVS in the surroundings it is not followed, and its match not known', () => {
  const walked = walkFromDevice(packetOf(CLIENT), surroundings(['filter INPUT -m ipvs --ipvs -j DROP']));
  expect(outcomesOf(walked).map(({ disposition, unknowns }) => [disposition, unknowns.length])).toEqual([
    ['dropped', 1],
    ['delivered', 1],
  ]);
});
