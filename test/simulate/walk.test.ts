// Whole journeys: what comes by a device and what the host sends, with the order of the hooks, translations, routes and chance.
import { describe, expect, test } from 'vitest';
import { walkFromDevice, walkFromHost } from '../../lib/simulate/journey';
import { outcomesOf } from '../../lib/simulate/outcomes';
import { printOutcome } from '../../lib/simulate/print-trace';
import { routesOf } from '../../lib/simulate/routes';
import type { Surroundings } from '../../lib/simulate/rule-set';
import type { Step, Trace } from '../../lib/simulate/trace';
import { NO_DEVICE } from '../../lib/simulate/packet';
import { packetOf, surroundings } from './packets';

const CLIENT = 'tcp 198.51.100.7:1024 -> 192.0.2.6:80';
const THROUGH = 'tcp 198.51.100.7:1024 -> 10.1.0.9:80';
const OWN = 'tcp 10.1.0.6:1024 -> 10.1.0.9:80';
const TO_SELF = 'tcp 10.1.0.6:1024 -> 10.1.0.6:80';

/** Networks at eth0 and eth1; of others nothing is known to lead there. */
function host(lines: readonly string[]): Surroundings {
  return {
    ...surroundings(lines),
    routeOf: routesOf([
      { network: '192.0.2.0/24', device: 'eth0' },
      { network: '198.51.100.0/24', device: 'eth0' },
      { network: '10.1.0.0/24', device: 'eth1' },
    ]),
    addressOf: (device) => ({ eth0: '192.0.2.6', eth1: '10.1.0.6' })[device],
  };
}

function walk(text: string, lines: readonly string[]): Trace {
  const isOwn = text.includes(' 10.1.0.6:');
  return isOwn
    ? walkFromHost(packetOf(text, { inDevice: NO_DEVICE }), host(lines))
    : walkFromDevice(packetOf(text), host(lines));
}

function outcomes(trace: Trace): string[] {
  return outcomesOf(trace).map((outcome) =>
    [printOutcome(outcome), ...outcome.unknowns.map(({ place }) => `if ${place.text}`)].join(' '),
  );
}

const LOG_ALL = [
  ...['raw PREROUTING', 'mangle PREROUTING', 'nat PREROUTING', 'mangle INPUT', 'filter INPUT'],
  ...['security INPUT', 'nat INPUT', 'mangle FORWARD', 'filter FORWARD', 'security FORWARD', 'raw OUTPUT'],
  ...['mangle OUTPUT', 'nat OUTPUT', 'filter OUTPUT', 'security OUTPUT', 'mangle POSTROUTING'],
  'nat POSTROUTING',
].map((chain) => `${chain} -j LOG`);

const TO_REAL = '-j DNAT --to-destination 10.1.0.9:8080';

describe('the hooks', () => {
  const met = (step: Step): string[] => {
    if (step.kind === 'routing') return [step.to];
    return step.kind === 'rule' ? [`${step.place.address.table} ${step.place.address.chain}`] : [];
  };

  test.each<[string, string, readonly string[], readonly string[]]>([
    [
      'a packet for the host',
      CLIENT,
      LOG_ALL,
      [
        ...['raw PREROUTING', 'mangle PREROUTING', 'nat PREROUTING', 'host'],
        ...['mangle INPUT', 'filter INPUT', 'security INPUT', 'nat INPUT'],
      ],
    ],
    [
      'a packet for others',
      THROUGH,
      LOG_ALL,
      [
        ...['raw PREROUTING', 'mangle PREROUTING', 'nat PREROUTING', 'elsewhere'],
        ...['mangle FORWARD', 'filter FORWARD', 'security FORWARD', 'mangle POSTROUTING', 'nat POSTROUTING'],
      ],
    ],
    [
      'a packet of the host',
      OWN,
      LOG_ALL,
      [
        ...['raw OUTPUT', 'mangle OUTPUT', 'nat OUTPUT', 'filter OUTPUT', 'security OUTPUT', 'elsewhere'],
        ...['mangle POSTROUTING', 'nat POSTROUTING'],
      ],
    ],
    [
      'a packet of the host for itself, which nat sees once',
      TO_SELF,
      LOG_ALL,
      [
        ...['raw OUTPUT', 'mangle OUTPUT', 'nat OUTPUT', 'filter OUTPUT', 'security OUTPUT', 'host'],
        ...['mangle POSTROUTING', 'nat POSTROUTING', 'raw PREROUTING', 'mangle PREROUTING'],
        ...['mangle INPUT', 'filter INPUT', 'security INPUT'],
      ],
    ],
  ])('of %s', (_name, text, lines, expected) => {
    expect(walk(text, lines).steps.flatMap(met)).toEqual(expected);
  });
});

describe('the ends', () => {
  test.each<[string, string, readonly string[], readonly string[]]>([
    ['no rules, for the host', CLIENT, [], ['delivered to 192.0.2.6:80']],
    ['no rules, for others', THROUGH, [], ['forwarded to 10.1.0.9:80']],
    ['no rules, from the host', OWN, [], ['sent to 10.1.0.9:80']],
    ['no rules, from the host to itself', TO_SELF, [], ['delivered to 10.1.0.6:80']],
    ['no route', 'tcp 198.51.100.7:1024 -> 203.0.113.9:80', [], ['no-route']],
    ['no route from the host', 'tcp 10.1.0.6:1024 -> 203.0.113.9:80', [], ['no-route']],
    ['a policy of FORWARD', THROUGH, ['filter FORWARD policy DROP'], ['dropped']],
    ['a reject', THROUGH, ['filter FORWARD -j REJECT'], ['rejected']],
    ['DNAT to others', CLIENT, [`nat PREROUTING -p tcp ${TO_REAL}`], ['forwarded to 10.1.0.9:8080']],
    [
      'DNAT to where there is no route',
      CLIENT,
      ['nat PREROUTING -j DNAT --to-destination 203.0.113.9'],
      ['no-route'],
    ],
    [
      'DNAT is seen by filter FORWARD',
      CLIENT,
      [
        `nat PREROUTING -p tcp ${TO_REAL}`,
        'filter FORWARD -d 10.1.0.9/32 -p tcp -m tcp --dport 8080 -j DROP',
      ],
      ['dropped'],
    ],
    [
      'DNAT of what the host sends, back to itself',
      OWN,
      ['nat OUTPUT -p tcp -j DNAT --to-destination 10.1.0.6:22', 'filter INPUT -i lo -j LOG'],
      ['delivered to 10.1.0.6:22'],
    ],
    [
      'DNAT of what the host sends to itself, to others',
      TO_SELF,
      [`nat OUTPUT -p tcp ${TO_REAL}`, 'nat POSTROUTING -o eth1 -j SNAT --to-source 10.1.0.7'],
      ['sent to 10.1.0.9:8080, from 10.1.0.7'],
    ],
    [
      'filter OUTPUT sees the device of the first route',
      TO_SELF,
      [`nat OUTPUT -p tcp ${TO_REAL}`, 'filter OUTPUT -o lo -j DROP'],
      ['dropped'],
    ],
    [
      'DNAT to a loopback address',
      CLIENT,
      ['nat PREROUTING -j DNAT --to-destination 127.0.0.1', 'filter INPUT -j REJECT'],
      ['no-route'],
    ],
    [
      'DNAT to where there is no route, before the filter of OUTPUT',
      OWN,
      ['nat OUTPUT -j DNAT --to-destination 203.0.113.9', 'filter OUTPUT -j REJECT'],
      ['no-route'],
    ],
    ['REDIRECT', CLIENT, ['nat PREROUTING -p tcp -j REDIRECT --to-ports 22'], ['delivered to 192.0.2.6:22']],
    [
      'REDIRECT of what the host sends',
      OWN,
      ['nat OUTPUT -p tcp -j REDIRECT --to-ports 22'],
      ['delivered to 127.0.0.1:22'],
    ],
    [
      'a range of ports keeps a port that is in it',
      CLIENT,
      ['nat PREROUTING -p tcp -j DNAT --to-destination 10.1.0.9:79-90'],
      ['forwarded to 10.1.0.9:80'],
    ],
    [
      'a shifted range of ports',
      CLIENT,
      ['nat PREROUTING -p tcp -j DNAT --to-destination 10.1.0.9:8000-8099/70'],
      ['forwarded to 10.1.0.9:8010'],
    ],
    ['MASQUERADE', THROUGH, ['nat POSTROUTING -j MASQUERADE'], ['forwarded to 10.1.0.9:80, masqueraded']],
    [
      'MASQUERADE by a mark',
      CLIENT,
      [
        'nat PREROUTING -j A',
        'nat A -j MARK --set-xmark 0x4000/0x4000',
        `nat A -p tcp ${TO_REAL}`,
        'nat POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
        'nat POSTROUTING -j MARK --set-xmark 0x4000/0x0',
        'nat POSTROUTING -j MASQUERADE --random-fully',
      ],
      ['forwarded to 10.1.0.9:8080, masqueraded'],
    ],
    [
      'SNAT of what goes to the host',
      CLIENT,
      ['nat INPUT -j SNAT --to-source 203.0.113.1'],
      ['delivered to 192.0.2.6:80, from 203.0.113.1'],
    ],
    [
      'what comes back by loopback is translated already',
      TO_SELF,
      [
        'nat POSTROUTING -o lo -j SNAT --to-source 192.0.2.6',
        'nat INPUT -j SNAT --to-source 203.0.113.1',
        'filter INPUT -i lo -s 192.0.2.6/32 -j DROP',
      ],
      ['dropped'],
    ],
    [
      'an answer is not seen by nat',
      THROUGH,
      ['nat POSTROUTING -j MASQUERADE', 'raw PREROUTING -j CT --notrack'],
      ['forwarded to 10.1.0.9:80'],
    ],
  ])('%s', (_name, text, lines, expected) => {
    expect(outcomes(walk(text, lines))).toEqual(expected);
  });

  test('the rule that translated the source is told', () => {
    const [outcome] = outcomesOf(walk(THROUGH, ['nat POSTROUTING -j LOG', 'nat POSTROUTING -j MASQUERADE']));
    expect(outcome?.sourceTranslation).toMatchObject({ kind: 'masquerade', by: { position: 2 } });
  });
});

describe('chance', () => {
  const BY_CHANCE = '-m statistic --mode random --probability 0.5';

  test.each<[string, readonly string[], readonly string[]]>([
    [
      'each endpoint is possible',
      [
        `nat PREROUTING -p tcp ${BY_CHANCE} -j DNAT --to-destination 10.1.0.7:80`,
        `nat PREROUTING -p tcp ${BY_CHANCE} -j DNAT --to-destination 10.1.0.8:80`,
        'nat PREROUTING -p tcp -j DNAT --to-destination 10.1.0.9:80',
      ],
      ['forwarded to 10.1.0.7:80', 'forwarded to 10.1.0.8:80', 'forwarded to 10.1.0.9:80'],
    ],
    [
      'a mark by chance is followed both ways',
      [
        `mangle PREROUTING ${BY_CHANCE} -j MARK --set-xmark 0x1/0x1`,
        'filter INPUT -m mark --mark 0x1/0x1 -j DROP',
        'filter INPUT -m mark ! --mark 0x1/0x1 -j REJECT',
      ],
      ['dropped', 'rejected'],
    ],
    [
      'every n-th packet is chance too',
      ['filter INPUT -m statistic --mode nth --every 3 --packet 0 -j DROP'],
      ['dropped', 'delivered to 192.0.2.6:80'],
    ],
    [
      'probability 1 is sure',
      ['filter INPUT -m statistic --mode random --probability 1 -j DROP'],
      ['dropped'],
    ],
    [
      'probability 0 is sure',
      ['filter INPUT -m statistic --mode random --probability 0 -j DROP'],
      ['delivered to 192.0.2.6:80'],
    ],
    [
      'what is not known is no chance',
      [`filter INPUT ${BY_CHANCE} -m limit --limit 3/hour -j DROP`],
      [
        `dropped if ${BY_CHANCE} -m limit --limit 3/hour -j DROP`,
        `delivered to 192.0.2.6:80 if ${BY_CHANCE} -m limit --limit 3/hour -j DROP`,
      ],
    ],
    [
      'what is not known does not matter where both ways lead to the same',
      [
        `nat PREROUTING -p tcp ${BY_CHANCE} -j DNAT --to-destination 10.1.0.7:80`,
        'nat PREROUTING -p tcp -j DNAT --to-destination 10.1.0.9:80',
        'filter FORWARD -m limit --limit 3/hour -j ACCEPT',
        'filter FORWARD -j A',
        'filter A -j ACCEPT',
      ],
      ['forwarded to 10.1.0.7:80', 'forwarded to 10.1.0.9:80'],
    ],
  ])('%s', (_name, lines, expected) => {
    expect(outcomes(walk(CLIENT, lines))).toEqual(expected);
  });
});
