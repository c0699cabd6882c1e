// Does a rule match a packet? Each kind of match by itself, and what of it cannot be told. Used by traverse.ts.
import type { Table } from '../model/iptables';
import type { Match, Rule } from '../model/rule';
import { isWithin, parseAddresses } from './addresses';
import type { Answer } from './answer';
import { all, known, unlessNegated } from './answer';
import { matchAddrtype } from './match-addrtype';
import { matchCtstate } from './match-conntrack';
import { MODULES } from './modules';
import type { Packet } from './packet';
import { isDevice, isPortWithin } from './packet';
import type { Surroundings } from './rule-set';

/** Where a packet is looked at, and by whom. */
export interface Look {
  readonly table: Table;
  readonly surroundings: Surroundings;
}

/** A match that cannot be judged, and why. */
export interface Unjudged {
  readonly match: Match;
  readonly why: string;
  /** Nothing is lacking: the kernel goes one way or the other. */
  readonly isByChance: boolean;
}

/** With what cannot be judged, if the answer hangs on it. */
export type RuleAnswer =
  { readonly answer: 'yes' | 'no' } | { readonly answer: 'unknown'; readonly unjudged: readonly Unjudged[] };

/** All matches must hold. */
export function matchRule(rule: Rule, packet: Packet, look: Look): RuleAnswer {
  const unjudged: Unjudged[] = [];
  for (const match of rule.matches) {
    const answer = matchOne(match, packet, look);
    if (answer === 'no') return { answer };
    if (answer === 'unknown') unjudged.push({ match, ...whyUnjudged(match, look) });
  }
  return unjudged.length === 0 ? { answer: 'yes' } : { answer: 'unknown', unjudged };
}

/** One match. */
export function matchOne(match: Match, packet: Packet, look: Look): Answer {
  switch (match.kind) {
    case 'source':
    case 'destination':
      return unlessNegated(matchPrefix(match.prefix, packet[match.kind], packet), match);
    case 'in-interface':
      return unlessNegated(isDevice(packet.inDevice, match.device), match);
    case 'out-interface':
      return unlessNegated(isDevice(packet.outDevice, match.device), match);
    case 'protocol':
      return unlessNegated(known(match.protocol === packet.protocol), match);
    // What is looked at begins a connection or is part of one, whole.
    case 'fragment':
      return unlessNegated('no', match);
    case 'ports':
      return matchPorts(match, packet);
    case 'comment':
      return 'yes';
    case 'mark':
      return unlessNegated(matchMark(match, packet), match);
    case 'statistic-random':
      return unlessNegated(matchShare(match.probability), match);
    case 'addrtype':
      return matchAddrtype(match, packet, look.surroundings);
    case 'ctstate':
      return unlessNegated(matchCtstate(match.states, packet, look.table), match);
    case 'module':
      return matchModule(match, packet, look);
    case 'opaque':
      return 'unknown';
  }
}

function matchPrefix(prefix: string, addresses: Packet['source'], { family }: Packet): Answer {
  const named = parseAddresses(prefix, family);
  return named === undefined ? 'unknown' : isWithin(addresses, named);
}

function matchPorts(match: Extract<Match, { kind: 'ports' }>, packet: Packet): Answer {
  const { source, destination, flags, option } = match;
  return all([
    known(match.protocol === packet.protocol),
    source === undefined ? 'yes' : unlessNegated(isPortWithin(packet.sourcePorts, source.ports), source),
    destination === undefined
      ? 'yes'
      : unlessNegated(isPortWithin(packet.destinationPorts, destination.ports), destination),
    flags === undefined
      ? 'yes'
      : unlessNegated(
          known(flags.mask.every((flag) => flags.set.includes(flag) === packet.flags.includes(flag))),
          flags,
        ),
    option === undefined ? 'yes' : 'unknown',
  ]);
}

function matchMark({ value, mask }: Extract<Match, { kind: 'mark' }>, { mark }: Packet): Answer {
  if (mark === 'unknown') return mask === 0 ? known(value === 0) : 'unknown';
  return known((mark & mask) >>> 0 === value >>> 0);
}

function matchShare(probability: number): Answer {
  return probability === 0 ? 'no' : probability === 1 ? 'yes' : 'unknown';
}

function matchModule(match: Extract<Match, { kind: 'module' }>, packet: Packet, look: Look): Answer {
  const row = MODULES[match.module];
  return row?.kind === 'evaluated' ? row.evaluate(match.options, packet, look) : 'unknown';
}

/** In words that end a sentence. */
function whyUnjudged(match: Match, { surroundings }: Look): Pick<Unjudged, 'why' | 'isByChance'> {
  if (match.kind === 'statistic-random') return { why: 'it goes by chance', isByChance: true };
  const row = match.kind === 'module' ? MODULES[match.module] : undefined;
  if (row?.kind === 'by-chance') return { why: row.why, isByChance: true };
  // Of sets that are given it is the packet that does not show enough.
  const isGiven = surroundings.sets !== undefined && match.kind === 'module' && match.module === 'set';
  return { why: isGiven ? SET_OR_PACKET : whyNotKnown(match), isByChance: false };
}

const SET_OR_PACKET = 'the set is not known, or the packet does not say what it asks';

function whyNotKnown(match: Match): string {
  const row =
    MODULES[match.kind === 'module' ? match.module : match.kind === 'opaque' ? (match.words[1] ?? '') : ''];
  if (
    row !== undefined &&
    row.kind !== 'own-kind' &&
    (match.kind === 'module' || row.kind === 'not-evaluated')
  ) {
    return row.why;
  }
  switch (match.kind) {
    case 'opaque':
      return 'its words are not known to Gatewright';
    case 'source':
      return 'it names only some of the addresses';
    case 'in-interface':
    case 'out-interface':
      return 'the device is not known';
    case 'mark':
      return 'the mark is not known';
    case 'ctstate':
      return 'the state of the connection is not known there';
    default:
      return 'that is not known from here';
  }
}
