// The conntrack and state matches: what the kernel knows of the connection that a packet belongs to.
import type { Match } from '../../model/rule';
import type { MatchEntry, PlainOption, Reading } from './entry';
import { plainMatch, plainOptions, printNot } from './entry';
import { readAddress, readPrefix } from './addresses';
import { protocolNumber } from './protocols';
import { MOST_32_BITS, printPortRange, readNumber, readOneOf, readPortRange, readWordList } from './values';

type CtstateMatch = Extract<Match, { kind: 'ctstate' }>;

/** In the order in which the tools print them. */
const CT_STATES = ['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED', 'SNAT', 'DNAT'] as const;
const CT_STATUSES = ['EXPECTED', 'SEEN_REPLY', 'ASSURED', 'CONFIRMED'] as const;
const STATES = ['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED'] as const;

const readStates = (text: string): string => readWordList(text, CT_STATES, 'connection state').join(',');

const OPTIONS: readonly PlainOption[] = [
  { name: '--ctstate', negatable: true, canonical: readStates },
  { name: '--ctproto', negatable: true, canonical: (text) => `${protocolNumber(text)}` },
  ...['--ctorigsrc', '--ctorigdst', '--ctreplsrc', '--ctrepldst'].map((name) => ({
    name,
    negatable: true,
    canonical: readSide,
  })),
  ...['--ctorigsrcport', '--ctorigdstport', '--ctreplsrcport', '--ctrepldstport'].map((name) => ({
    name,
    negatable: true,
    canonical: (text: string) => printPortRange(readPortRange(text, ':'), ':'),
  })),
  {
    name: '--ctstatus',
    negatable: true,
    canonical: (text) =>
      text === 'NONE' ? text : readWordList(text, CT_STATUSES, 'connection status').join(','),
  },
  { name: '--ctexpire', negatable: true, canonical: readSeconds },
  { name: '--ctdir', canonical: (text) => readOneOf(text, ['ORIGINAL', 'REPLY'], 'direction') },
];

export const CONNTRACK_ENTRY: MatchEntry = {
  module: 'conntrack',
  options: OPTIONS,
  read: (given) => {
    const [option = given.require('--ctstate'), second] = given.options;
    if (option.name !== '--ctstate' || second !== undefined) {
      return { kind: 'module', module: 'conntrack', options: plainOptions(given, OPTIONS) };
    }
    const states = readWordList(option.values[0] ?? '', CT_STATES, 'connection state');
    return { kind: 'ctstate', ...(option.negated ? { negated: true } : {}), states };
  },
};

export function printCtstate(match: CtstateMatch): string[] {
  const states = CT_STATES.filter((state) => match.states.includes(state));
  return ['-m', 'conntrack', ...printNot(match), '--ctstate', states.join(',')];
}

export const STATE_ENTRY: MatchEntry = plainMatch('state', [
  {
    name: '--state',
    negatable: true,
    required: true,
    canonical: (text) => readWordList(text, STATES, 'connection state').join(','),
  },
]);

/** The tools print the address as it was given, and the length only where it leaves bits out. */
function readSide(text: string, { family }: Reading): string {
  const [address = ''] = text.split('/');
  const length = (readPrefix(text, family) ?? '/0').split('/')[1] ?? '';
  const whole = family === 'ipv4' ? '32' : '128';
  return `${readAddress(address, family)}${length === whole ? '' : `/${length}`}`;
}

function readSeconds(text: string): string {
  const [first = '', last] = text.split(':');
  const range = [first, ...(last === undefined ? [] : [last])].map((seconds) =>
    readNumber(seconds, 'seconds', [0, MOST_32_BITS]),
  );
  return range.join(':');
}
