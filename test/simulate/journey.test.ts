// The way of a packet through the chains of a host: how it surely ends, or how it may end, and which rule decides.
import { describe, expect, test } from 'vitest';
import { arrive, leave } from '../../lib/simulate/journey';
import type { Packet } from '../../lib/simulate/packet';
import { NO_DEVICE } from '../../lib/simulate/packet';
import type { Ending, Trace } from '../../lib/simulate/trace';
import { chainSteps, dispositionOf } from '../../lib/simulate/trace';
import { addresses, packet, surroundings } from './packets';

/** `DISPOSITION by TABLE CHAIN POSITION if DOUBTED`, one for each ending. */
function told({ endings }: Trace): string[] {
  return endings.map(({ disposition, by, doubts }) =>
    [
      disposition,
      ...placeWords(by),
      ...doubts.map(({ place }) => `if ${place.text.split(' -j ')[0] ?? ''}`),
    ].join(' '),
  );
}

function placeWords(by: Ending['by']): string[] {
  return by === undefined ? [] : [`by ${by.address.table} ${by.address.chain} ${by.position ?? 'policy'}`];
}

const SSH = '-p tcp -m tcp --dport 22';

test.each<[string, readonly string[], readonly string[], Partial<Packet>?]>([
  ['no rules', [], ['delivered']],
  ['a policy', ['filter INPUT policy DROP'], ['dropped by filter INPUT policy']],
  ['an accept before a policy', ['filter INPUT policy DROP', `filter INPUT ${SSH} -j ACCEPT`], ['delivered']],
  ['a reject', [`filter INPUT ${SSH} -j REJECT --reject-with tcp-reset`], ['rejected by filter INPUT 1']],
  [
    'a drop before anything else',
    ['raw PREROUTING -j DROP', 'filter INPUT -j ACCEPT'],
    ['dropped by raw PREROUTING 1'],
  ],
  ['a drop in mangle INPUT', ['mangle INPUT -s 198.51.100.0/24 -j DROP'], ['dropped by mangle INPUT 1']],
  ['a drop in table security', ['security INPUT -j DROP'], ['dropped by security INPUT 1']],
  [
    'an accept in one table, a drop in the next',
    ['mangle INPUT -j ACCEPT', 'filter INPUT -j DROP'],
    ['dropped by filter INPUT 1'],
  ],
  [
    'a rule that only counts',
    ['filter INPUT -p tcp', 'filter INPUT -j LOG', 'filter INPUT -j DROP'],
    ['dropped by filter INPUT 3'],
  ],
  [
    'a jump, and a return',
    ['filter INPUT -j A', 'filter INPUT -j DROP', 'filter A -p tcp -j RETURN', 'filter A -j ACCEPT'],
    ['dropped by filter INPUT 2'],
  ],
  ['a jump off the end', ['filter INPUT -j A', 'filter A -p udp -j DROP'], ['delivered']],
  [
    'a goto does not come back',
    ['filter INPUT -g A', 'filter INPUT -j DROP', 'filter A -p udp -j DROP'],
    ['delivered'],
  ],
  [
    'a goto in a chain returns to where that was called',
    [
      'filter INPUT -j A',
      'filter INPUT -j DROP',
      'filter A -g B',
      'filter A -j ACCEPT',
      'filter B -p udp -j DROP',
    ],
    ['dropped by filter INPUT 2'],
  ],
  [
    'a return in a built-in chain is its policy',
    ['filter INPUT policy DROP', 'filter INPUT -j RETURN', 'filter INPUT -j ACCEPT'],
    ['dropped by filter INPUT policy'],
  ],
  ['a chain that leads to itself', ['filter INPUT -j A', 'filter A -j A'], ['loop']],
  [
    'a chain that is not there',
    ['filter INPUT -j FLOWOFFLOAD'],
    ['unknown by filter INPUT 1 if -j FLOWOFFLOAD', 'delivered if -j FLOWOFFLOAD'],
  ],
  [
    'to another host',
    [`nat PREROUTING ${SSH} -j DNAT --to-destination 10.1.0.9:22`],
    ['forwarded by nat PREROUTING 1'],
  ],
  [
    'to another of its own addresses',
    [`nat PREROUTING ${SSH} -j DNAT --to-destination 10.1.0.6`, 'filter INPUT -d 10.1.0.6/32 -j DROP'],
    ['dropped by filter INPUT 1'],
  ],
  [
    'to another port',
    [`nat PREROUTING ${SSH} -j REDIRECT --to-ports 2222`, 'filter INPUT -p tcp -m tcp --dport 2222 -j DROP'],
    ['dropped by filter INPUT 1'],
  ],
  [
    'the first rule of nat decides',
    [`nat PREROUTING ${SSH} -j ACCEPT`, `nat PREROUTING ${SSH} -j DNAT --to-destination 10.1.0.9`],
    ['delivered'],
  ],
  [
    'nat does not see what follows',
    [`nat PREROUTING ${SSH} -j DNAT --to-destination 10.1.0.9`],
    ['delivered'],
    { ctstate: 'ESTABLISHED', flags: ['ACK'] },
  ],
  [
    'nat does not see what is not tracked',
    [
      'raw PREROUTING -j CT --notrack',
      `nat PREROUTING ${SSH} -j DNAT --to-destination 10.1.0.9`,
      'filter INPUT -m conntrack --ctstate UNTRACKED -j DROP',
    ],
    ['dropped by filter INPUT 1'],
  ],
  [
    'a mark set and asked for',
    [
      'mangle PREROUTING -j MARK --set-xmark 0x4000/0x4000',
      'filter INPUT -m mark --mark 0x4000/0x4000 -j DROP',
    ],
    ['dropped by filter INPUT 1'],
  ],
  [
    'a mark taken from the connection',
    [
      'mangle PREROUTING -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff',
      'filter INPUT -m mark --mark 0x1 -j DROP',
    ],
    ['dropped by filter INPUT 1 if -m mark --mark 0x1', 'delivered if -m mark --mark 0x1'],
  ],
  [
    'a mark that leaves the packet its own',
    [
      'mangle PREROUTING -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff',
      'filter INPUT -m mark --mark 0x1 -j DROP',
    ],
    ['delivered'],
  ],
  [
    'a doubt',
    ['filter INPUT -m limit --limit 3/hour -j DROP'],
    ['dropped by filter INPUT 1 if -m limit --limit 3/hour', 'delivered if -m limit --limit 3/hour'],
  ],
  [
    'a doubt that does not matter',
    ['filter INPUT policy DROP', 'filter INPUT -m limit --limit 3/hour -j LOG'],
    ['dropped by filter INPUT policy'],
  ],
  [
    'a doubtful jump that cannot end',
    ['filter INPUT policy DROP', 'filter INPUT -m limit --limit 3/hour -j A', 'filter A -p udp -j ACCEPT'],
    ['dropped by filter INPUT policy'],
  ],
  [
    'a doubtful drop before a sure one',
    ['filter INPUT -m limit --limit 3/hour -j DROP', 'filter INPUT -j DROP'],
    [
      'dropped by filter INPUT 1 if -m limit --limit 3/hour',
      'dropped by filter INPUT 2 if -m limit --limit 3/hour',
    ],
  ],
  [
    'a doubtful accept before a sure one',
    ['filter INPUT -m limit --limit 3/hour -j ACCEPT', 'filter INPUT -j ACCEPT'],
    ['delivered'],
  ],
  [
    'a program decides',
    ['filter INPUT -j NFQUEUE --queue-num 0'],
    ['unknown by filter INPUT 1 if -j NFQUEUE --queue-num 0', 'delivered if -j NFQUEUE --queue-num 0'],
  ],
  [
    'words that we cannot read',
    ['filter INPUT -m nosuch --option -j DROP'],
    ['dropped by filter INPUT 1 if -m nosuch --option', 'delivered if -m nosuch --option'],
  ],
])('arriving: %s', (_name, lines, expected, given = {}) => {
  expect(told(arrive(packet(given), surroundings(lines)))).toEqual(expected);
});

describe('leaving', () => {
  const answer = packet({
    source: addresses('192.0.2.6'),
    destination: addresses('198.51.100.7'),
    sourcePorts: { first: 22, last: 22 },
    destinationPorts: { first: 1024, last: 65535 },
    flags: ['SYN', 'ACK'],
    inDevice: NO_DEVICE,
    outDevice: { kind: 'named', name: 'eth0' },
    ctstate: 'ESTABLISHED',
    direction: 'reply',
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['no rules', [], ['sent']],
    [
      'a policy',
      ['filter OUTPUT policy DROP', 'filter OUTPUT -m conntrack --ctstate NEW -j ACCEPT'],
      ['dropped by filter OUTPUT policy'],
    ],
    ['a drop in raw', ['raw OUTPUT -p tcp -m tcp --sport 22 -j DROP'], ['dropped by raw OUTPUT 1']],
    [
      'a drop by device on the way out',
      ['mangle POSTROUTING -o eth0 -j DROP'],
      ['dropped by mangle POSTROUTING 1'],
    ],
    ['another device', ['filter OUTPUT ! -o eth0 -j DROP'], ['sent']],
    [
      'whose socket it is',
      ['filter OUTPUT -m owner --uid-owner 0 -j ACCEPT', 'filter OUTPUT -j DROP'],
      ['dropped by filter OUTPUT 2 if -m owner --uid-owner 0', 'sent if -m owner --uid-owner 0'],
    ],
  ])('%s', (_name, lines, expected) => {
    expect(told(leave(answer, surroundings(lines)))).toEqual(expected);
  });
});

test.each<[string, readonly string[], string]>([
  ['all endings agree', ['filter INPUT -m limit --limit 3/hour -j DROP', 'filter INPUT -j DROP'], 'dropped'],
  ['they do not', ['filter INPUT -m limit --limit 3/hour -j DROP'], 'unknown'],
])('a disposition is sure where %s', (_name, lines, expected) => {
  expect(dispositionOf(arrive(packet(), surroundings(lines)))).toBe(expected);
});

test('a trace has a step for each rule that matched or may have', () => {
  const lines = [
    'raw PREROUTING -j LOG',
    'filter INPUT -p udp -j DROP',
    'filter INPUT -j A',
    'filter A -m limit --limit 3/hour -j RETURN',
    'filter A -j ACCEPT',
  ];
  const shown = chainSteps(arrive(packet(), surroundings(lines)))
    .filter(({ place }) => place.position !== undefined)
    .map(
      ({ place, answer, did }) =>
        `${place.address.table} ${place.address.chain} ${place.position ?? ''} ${answer} ${did}`,
    );
  expect(shown).toEqual([
    'raw PREROUTING 1 yes pass',
    'filter INPUT 2 yes jump',
    'filter A 1 unknown return',
    'filter A 2 yes accepted',
  ]);
});
