// The recent match: lists of addresses that were seen, by name.
import type { Family } from '../../model/iptables';
import { readAddress } from './addresses';
import type { Given, MatchEntry, PlainOption } from './entry';
import { plainMatch, requireOneOf } from './entry';
import { MOST_32_BITS, numberOf, readName } from './values';

/** What it does with the list; the tools print it first. */
const ACTIONS = ['--set', '--rcheck', '--update', '--remove'] as const;

const ALL_BITS: Readonly<Record<Family, string>> = {
  ipv4: '255.255.255.255',
  ipv6: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
};

const OPTIONS: readonly PlainOption[] = [
  ...ACTIONS.map((name) => ({ name, values: 0 as const, negatable: true })),
  { name: '--seconds', canonical: numberOf('seconds', 1, MOST_32_BITS) },
  { name: '--reap', values: 0 },
  { name: '--hitcount', canonical: numberOf('a count of hits', 1, 65535) },
  { name: '--rttl', values: 0 },
  {
    name: '--name',
    canonical: (text) => readName(text, 'the name of a list of recent', 199),
    filledIn: 'DEFAULT',
  },
  {
    name: '--mask',
    canonical: (text, { family }) => readAddress(text, family),
    filledIn: ({ reading }) => ALL_BITS[reading.family],
  },
  {
    name: '--rsource',
    values: 0,
    filledIn: (given) => (given.find('--rdest') === undefined ? '' : undefined),
  },
  { name: '--rdest', values: 0 },
];

/** The entry of recent. */
export const RECENT_ENTRY: MatchEntry = plainMatch('recent', OPTIONS, { check: checkRecent });

function checkRecent(given: Given): void {
  const action = requireOneOf(given, ACTIONS);
  const isChange = action.name === '--set' || action.name === '--remove';
  if (isChange) given.allow(action.name, '--name', '--mask', '--rsource', '--rdest');
  if (given.find('--rsource') !== undefined) requireOneOf(given, ['--rsource', '--rdest']);
  if (given.find('--reap') !== undefined) given.require('--seconds');
}
