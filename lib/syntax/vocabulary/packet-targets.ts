// The other targets that a gateway's runbook uses: redirection, queues, classes, TTL, TOS, DSCP, MSS, connection tracking, copies.
import { refuse } from '../problem';
import { readAddress, readPrefix } from './addresses';
import type { Given, TargetEntry } from './entry';
import { opaqueTarget, plainTarget, requireOneOf } from './entry';
import { readMaskedBits } from './mark';
import { readDscp, readTos } from './packets';
import { requirePortProtocol } from './translations';
import { numberOf, printPortRange, readNumber, readPort, readPortRange } from './values';

const MANGLE = { tables: ['mangle'] } as const;

const TTL_OPTIONS = ['--ttl-set', '--ttl-dec', '--ttl-inc'] as const;
const MSS_OPTIONS = ['--set-mss', '--clamp-mss-to-pmtu'] as const;
const MOST_QUEUES = 65535;

/** Their entries. */
export const PACKET_TARGETS: readonly TargetEntry[] = [
  plainTarget(
    'REDIRECT',
    [
      {
        name: '--to-ports',
        aliases: ['--to-port', '--to'],
        canonical: (text) => printPortRange(readPortRange(text, '-'), '-'),
      },
      { name: '--random', values: 0 },
    ],
    { tables: ['nat'], chains: ['PREROUTING', 'OUTPUT'], check: checkRedirect },
  ),
  plainTarget(
    'NETMAP',
    [{ name: '--to', required: true, canonical: (text, { family }) => readPrefix(text, family) ?? text }],
    {
      tables: ['nat'],
    },
  ),
  plainTarget('CLASSIFY', [{ name: '--set-class', required: true, canonical: readClass }], {
    chains: ['FORWARD', 'OUTPUT', 'POSTROUTING'],
  }),
  plainTarget('TEE', [
    { name: '--gateway', required: true, canonical: (text, { family }) => readAddress(text, family) },
    { name: '--oif' },
  ]),
  plainTarget('TRACE', [], { tables: ['raw'] }),
  plainTarget('NOTRACK', [], { tables: ['raw'] }),
  plainTarget('CHECKSUM', [{ name: '--checksum-fill', values: 0, required: true }], MANGLE),
  plainTarget('TOS', [{ name: '--set-tos', required: true, canonical: readTos }], MANGLE),
  plainTarget(
    'DSCP',
    [{ name: '--set-dscp', aliases: ['--set-dscp-class'], required: true, canonical: readDscp }],
    MANGLE,
  ),
  plainTarget(
    'TTL',
    TTL_OPTIONS.map((name) => ({ name, canonical: numberOf('a TTL', name === '--ttl-set' ? 0 : 1, 255) })),
    { ...MANGLE, family: 'ipv4', check: (given) => requireOneOf(given, TTL_OPTIONS) },
  ),
  plainTarget(
    'TCPMSS',
    [
      { name: '--set-mss', canonical: numberOf('an MSS', 0, 65515) },
      { name: '--clamp-mss-to-pmtu', values: 0 },
    ],
    { check: checkMss },
  ),
  plainTarget(
    'TPROXY',
    [
      { name: '--on-port', required: true, canonical: (text) => `${readPort(text)}` },
      {
        name: '--on-ip',
        canonical: (text, { family }) => readAddress(text, family),
        filledIn: ({ reading }) => (reading.family === 'ipv4' ? '0.0.0.0' : '::'),
      },
      { name: '--tproxy-mark', canonical: readMaskedBits, filledIn: '0x0/0x0' },
    ],
    { ...MANGLE, chains: ['PREROUTING'], check: checkTproxy },
  ),
  plainTarget(
    'NFQUEUE',
    [
      {
        name: '--queue-num',
        canonical: numberOf('a queue', 0, MOST_QUEUES),
        filledIn: (given) => (given.find('--queue-balance') === undefined ? '0' : undefined),
      },
      { name: '--queue-balance', canonical: readQueues },
      { name: '--queue-bypass', values: 0 },
      { name: '--queue-cpu-fanout', values: 0 },
    ],
    { check: checkQueue },
  ),
  {
    ...opaqueTarget('CT', [
      { name: '--notrack', values: 0 },
      { name: '--helper' },
      { name: '--ctevents' },
      { name: '--zone' },
    ]),
    tables: ['raw'],
  },
  opaqueTarget('SET', [
    ...['--add-set', '--del-set', '--map-set'].map((name) => ({ name, values: 2 as const })),
    { name: '--timeout' },
    ...['--exist', '--map-mark', '--map-prio', '--map-queue'].map((name) => ({ name, values: 0 as const })),
  ]),
];

function checkRedirect(given: Given): void {
  if (given.find('--to-ports') !== undefined) requirePortProtocol(given);
}

function checkQueue(given: Given): void {
  if (given.find('--queue-num') !== undefined) requireOneOf(given, ['--queue-num', '--queue-balance']);
  if (given.find('--queue-cpu-fanout') !== undefined) given.require('--queue-balance');
}

/** The kernel counts the queues of a range in 16 bits, and takes none of one. */
function readQueues(text: string): string {
  const [first = 0, last = 0, ...more] = text
    .split(':')
    .map((queue) => readNumber(queue, 'a queue', [0, MOST_QUEUES]));
  if (more.length === 0 && first < last && last - first < MOST_QUEUES) return `${first}:${last}`;
  return refuse('bad-range', `--queue-balance is FIRST:LAST, at most ${MOST_QUEUES} queues, got ${text}`, {
    allowed: 'two queues or more, the lower first, such as 0:3',
    fix: 'write it so, or --queue-num for one queue',
  });
}

function checkMss(given: Given): void {
  requireOneOf(given, MSS_OPTIONS);
  if (given.reading.protocol === 'tcp') return;
  refuse('protocol-missing', 'TCPMSS is only for TCP connections that begin', {
    fix: 'write -p tcp --syn in the same rule',
  });
}

function checkTproxy({ reading }: Given): void {
  if (reading.protocol === 'tcp' || reading.protocol === 'udp') return;
  refuse('protocol-missing', 'TPROXY is only for TCP and UDP', {
    fix: 'write -p tcp or -p udp in the same rule',
  });
}

/** `MAJOR:MINOR` in hexadecimal. */
function readClass(text: string): string {
  const [, major = '', minor = ''] = /^([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(text) ?? [];
  if (major !== '') return `${major.padStart(4, '0')}:${minor.padStart(4, '0')}`.toLowerCase();
  return refuse('bad-class', `a class is MAJOR:MINOR in hexadecimal, got ${text}`, {
    allowed: '0:0 to ffff:ffff',
    fix: 'write it so',
  });
}
