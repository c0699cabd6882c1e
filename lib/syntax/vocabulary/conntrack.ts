// The conntrack and state matches: what the kernel knows of the connection that a packet belongs to.
import type { Match } from '../../model/rule';
import { refuse } from '../problem';
import type { MatchEntry, PlainOption, Reading } from './entry';
import { plainMatch, plainOptions, printNot } from './entry';
import { readUncutPrefix } from './addresses';
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
    canonical: (text: string, { family }: Reading) => readUncutPrefix(text, family),
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

/** With nothing but `--ctstate` a kind of its own; with other options a module as the tools print it. */
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

/** The states in the order of the kernel, not of the line. */
export function printCtstate(match: CtstateMatch): string[] {
  const states = CT_STATES.filter((state) => match.states.includes(state));
  return ['-m', 'conntrack', ...printNot(match), '--ctstate', states.join(',')];
}

/** The older match, which the tools still save under its own name. */
export const STATE_ENTRY: MatchEntry = plainMatch('state', [
  {
    name: '--state',
    negatable: true,
    required: true,
    canonical: (text) => readWordList(text, STATES, 'connection state').join(','),
  },
]);

/** `3`, `3:5`, `:5` or `3:`. */
function readSeconds(text: string): string {
  const [first = '', last = first, ...more] = text.split(':');
  const read = (seconds: string, open: number): number =>
    seconds === '' && text.includes(':') ? open : readNumber(seconds, 'seconds', [0, MOST_32_BITS]);
  if (more.length > 0)
    refuse('bad-range', `a range of seconds is FIRST:LAST, got ${text}`, { fix: 'write it so' });
  return [...new Set([read(first, 0), read(last, MOST_32_BITS)])].join(':');
}
