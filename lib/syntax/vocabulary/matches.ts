// The table of matches: one entry per module, and how each kind of match prints. Used by the reader and the printer of rules.
import type { Match } from '../../model/rule';
import { ADDRTYPE_ENTRY, printAddrtype } from './addrtype';
import { COMMENT_ENTRY, printComment } from './comment';
import { CONNTRACK_ENTRY, printCtstate, STATE_ENTRY } from './conntrack';
import type { MatchEntry } from './entry';
import { printOptions } from './entry';
import { MARK_MATCH_ENTRY, printMarkMatch } from './mark';
import { IPV6_MATCHES } from './ipv6-extensions';
import { LIMIT_ENTRIES } from './limits';
import { PACKET_ENTRIES } from './packets';
import { RECENT_ENTRY } from './recent';
import { SURROUNDING_ENTRIES } from './surroundings';
import { PORTS_ENTRIES, printPorts } from './ports';
import { printStatisticRandom, STATISTIC_ENTRY } from './statistic';

/** By the word behind `-m`. */
export const MATCHES: ReadonlyMap<string, MatchEntry> = new Map(
  [
    ...PORTS_ENTRIES,
    COMMENT_ENTRY,
    MARK_MATCH_ENTRY,
    STATISTIC_ENTRY,
    ADDRTYPE_ENTRY,
    CONNTRACK_ENTRY,
    STATE_ENTRY,
    RECENT_ENTRY,
    ...LIMIT_ENTRIES,
    ...PACKET_ENTRIES,
    ...SURROUNDING_ENTRIES,
    ...IPV6_MATCHES,
  ].map((entry) => [entry.module, entry]),
);

/** Modules of the tools that the vocabulary does not know: a name that is near a known one is no slip. */
export const OTHER_MODULES: ReadonlySet<string> = new Set([
  ...['cgroup', 'cluster', 'connlabel', 'cpu', 'devgroup', 'ecn', 'ipcomp'],
  ...['nfacct', 'osf', 'quota', 'rateest', 'realm', 'srh', 'time'],
]);

/** tcp, udp, sctp and dccp. */
export function isPortsModule(module: string): boolean {
  return PORTS_ENTRIES.some((entry) => entry.module === module);
}

/** The match of a protocol that `-p` loads when one of its options is met. */
export function implicitModule(protocol: string): MatchEntry | undefined {
  const module = IMPLICIT_MODULES.get(protocol);
  return module === undefined ? undefined : MATCHES.get(module);
}

const IMPLICIT_MODULES: ReadonlyMap<string, string> = new Map([
  ...['tcp', 'udp', 'sctp', 'dccp', 'icmp', 'esp', 'ah'].map((protocol) => [protocol, protocol] as const),
  ['ipv6-icmp', 'icmp6'],
  ['mobility-header', 'mh'],
]);

/** What stands before the modules in a saved rule: addresses, devices, protocol. */
export type GeneralMatch = Extract<
  Match,
  { kind: 'source' | 'destination' | 'in-interface' | 'out-interface' | 'protocol' | 'fragment' }
>;

/** In the order in which the tools print them. */
export const GENERAL_ORDER: readonly GeneralMatch['kind'][] = [
  'source',
  'destination',
  'in-interface',
  'out-interface',
  'protocol',
  'fragment',
];

/** What stands behind `-m` in a saved rule. */
export type ModuleMatch = Exclude<Match, GeneralMatch>;

/** The words of a `-m` module as iptables-save prints them, before it quotes them. */
export function printModule(match: ModuleMatch): readonly string[] {
  switch (match.kind) {
    case 'ports':
      return printPorts(match);
    case 'comment':
      return printComment(match);
    case 'mark':
      return printMarkMatch(match);
    case 'statistic-random':
      return printStatisticRandom(match);
    case 'addrtype':
      return printAddrtype(match);
    case 'ctstate':
      return printCtstate(match);
    case 'module':
      return ['-m', match.module, ...printOptions(match.options)];
    case 'opaque':
      return match.words;
  }
}
