// The addrtype match: what kind of address the host's own routing says that it is.
import type { Match } from '../../model/rule';
import { refuse } from '../problem';
import type { Given, MatchEntry } from './entry';
import { printNot } from './entry';
import { readWordList } from './values';

type AddrtypeMatch = Extract<Match, { kind: 'addrtype' }>;

/** As the kernel numbers them, which is the order in which the tools print them. */
const TYPES = [
  'UNSPEC',
  'UNICAST',
  'LOCAL',
  'BROADCAST',
  'ANYCAST',
  'MULTICAST',
  'BLACKHOLE',
  'UNREACHABLE',
  'PROHIBIT',
  'THROW',
  'NAT',
  'XRESOLVE',
] as const;

/** Known whole, with a kind of match of its own. */
export const ADDRTYPE_ENTRY: MatchEntry = {
  module: 'addrtype',
  options: [
    { name: '--src-type', negatable: true },
    { name: '--dst-type', negatable: true },
    { name: '--limit-iface-in', values: 0 },
    { name: '--limit-iface-out', values: 0 },
  ],
  read: (given): AddrtypeMatch => {
    given.require('--src-type', '--dst-type');
    const source = readSide(given, '--src-type');
    const destination = readSide(given, '--dst-type');
    const limitIn = given.find('--limit-iface-in') !== undefined;
    const limitOut = given.find('--limit-iface-out') !== undefined;
    if (limitIn && limitOut)
      refuse('given-twice', 'addrtype looks at the device in or the device out, not at both', {
        fix: 'leave one of --limit-iface-in and --limit-iface-out out',
      });
    return {
      kind: 'addrtype',
      ...(source === undefined ? {} : { source }),
      ...(destination === undefined ? {} : { destination }),
      ...(limitIn ? { limit: 'in' } : limitOut ? { limit: 'out' } : {}),
    };
  },
};

/** The source before the destination, whatever was given first. */
export function printAddrtype({ source, destination, limit }: AddrtypeMatch): string[] {
  return [
    '-m',
    'addrtype',
    ...(source === undefined ? [] : [...printNot(source), '--src-type', source.type]),
    ...(destination === undefined ? [] : [...printNot(destination), '--dst-type', destination.type]),
    ...(limit === undefined ? [] : [`--limit-iface-${limit}`]),
  ];
}

function readSide(given: Given, name: string): AddrtypeMatch['source'] {
  const option = given.find(name);
  if (option === undefined) return undefined;
  const type = readWordList(option.values[0] ?? '', TYPES, 'address type').join(',');
  return { ...(option.negated ? { negated: true } : {}), type };
}
