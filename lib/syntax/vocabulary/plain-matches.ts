// Matches whose options are kept as text in the tools' form: what a gateway's runbook uses beyond addresses, ports and states.
import { refuse } from '../problem';
import type { Given, MatchEntry } from './entry';
import { plainMatch } from './entry';
import { printMasked } from './mark';
import { readLimitRate } from './rates';
import {
  MOST_32_BITS,
  printPortRange,
  readMark,
  readName,
  readNumber,
  readOneOf,
  readPortRange,
} from './values';

const range = (text: string): string => printPortRange(readPortRange(text, ':'), ':');
const number =
  (what: string, least: number, most: number = MOST_32_BITS) =>
  (text: string): string =>
    `${readNumber(text, what, [least, most])}`;
const name =
  (what: string, most: number) =>
  (text: string): string =>
    readName(text, what, most);

export const PLAIN_MATCHES: readonly MatchEntry[] = [
  plainMatch('limit', [
    { name: '--limit', canonical: readLimitRate, filledIn: '3/hour' },
    { name: '--limit-burst', canonical: number('a burst', 1, 10000), leftOut: '5' },
  ]),
  plainMatch('connmark', [{ name: '--mark', negatable: true, required: true, canonical: readMaskedMark }]),
  plainMatch('length', [{ name: '--length', negatable: true, required: true, canonical: range }]),
  plainMatch('mac', [{ name: '--mac-source', negatable: true, required: true, canonical: readMac }]),
  plainMatch('pkttype', [{ name: '--pkt-type', negatable: true, required: true, canonical: readPacketType }]),
  plainMatch('helper', [{ name: '--helper', negatable: true, required: true, text: true }]),
  plainMatch(
    'ttl',
    [
      { name: '--ttl-eq', aliases: ['--ttl'], negatable: true, canonical: number('a TTL', 0, 255) },
      { name: '--ttl-lt', canonical: number('a TTL', 0, 255) },
      { name: '--ttl-gt', canonical: number('a TTL', 0, 255) },
    ],
    oneOf('--ttl-eq', '--ttl-lt', '--ttl-gt'),
  ),
  plainMatch('physdev', [
    { name: '--physdev-is-in', values: 0, negatable: true },
    { name: '--physdev-in', negatable: true, canonical: name('a device', 15) },
    { name: '--physdev-is-out', values: 0, negatable: true },
    { name: '--physdev-out', negatable: true, canonical: name('a device', 15) },
    { name: '--physdev-is-bridged', values: 0, negatable: true },
  ]),
  plainMatch('set', [
    { name: '--match-set', values: 2, negatable: true, required: true },
    { name: '--return-nomatch', values: 0 },
  ]),
];

function oneOf(...names: readonly string[]): (given: Given) => void {
  return (given) => {
    given.require(...names);
    if (given.options.length > 1)
      refuse('given-twice', `${given.extension} takes one of ${names.join(', ')}`, {
        fix: 'leave the others out',
      });
  };
}

function readMaskedMark(text: string): string {
  const { value, mask = MOST_32_BITS } = readMark(text);
  return printMasked({ value, mask });
}

function readMac(text: string): string {
  if (/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) return text.toLowerCase();
  return refuse('bad-mac', `${text} is no MAC address`, {
    allowed: 'six pairs of hexadecimal digits, as in 52:54:00:12:34:56',
  });
}

function readPacketType(text: string): string {
  return readOneOf(
    text === 'host' ? 'unicast' : text,
    ['unicast', 'broadcast', 'multicast'],
    'type of packet',
  );
}
