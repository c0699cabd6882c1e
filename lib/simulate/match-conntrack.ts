// The conntrack and state matches: what connection tracking knows of a packet. Used by match.ts and modules.ts.
import type { Table } from '../model/iptables';
import type { ModuleOption } from '../model/rule';
import { protocolNumber } from '../syntax/vocabulary/protocols';
import { readPortRange } from '../syntax/vocabulary/values';
import { isWithin, parseAddresses } from './addresses';
import type { Answer } from './answer';
import { all, known, not, some, unlessNegated } from './answer';
import type { Look } from './match';
import type { Ends, Packet } from './packet';
import { isPortWithin } from './packet';

/** Is the packet in one of the states? Table raw comes before connection tracking, but for a packet that comes back by loopback. */
export function matchCtstate(states: readonly string[], packet: Packet, table: Table): Answer {
  const { ctstate, decided } = packet;
  if (ctstate === 'UNTRACKED') return known(states.includes('UNTRACKED'));
  if ((table === 'raw' && decided === undefined) || ctstate === 'unknown') return 'unknown';
  const translated = states.includes('DNAT') ? known(packet.isDestinationTranslated === true) : 'no';
  return some([known(states.includes(ctstate)), translated, states.includes('SNAT') ? isSnat(packet) : 'no']);
}

/** Of a packet without a connection the kernel looks at the state alone, whatever else is asked, and matches nothing without it. */
export function matchConntrack(options: readonly ModuleOption[], packet: Packet, { table }: Look): Answer {
  const isState = ({ name }: ModuleOption): boolean => name === '--ctstate' || name === '--state';
  const asked = packet.ctstate === 'UNTRACKED' ? options.filter(isState) : options;
  if (asked.length === 0) return 'no';
  return all(asked.map((option) => unlessNegated(matchOption(option, packet, table), option)));
}

/** A connection that begins gets another source when it leaves, which is the last that is seen of it unless it comes back by loopback. */
function isSnat({ ctstate, decided, sourceTranslation, begun, source, sourcePorts }: Packet): Answer {
  if (ctstate !== 'NEW') return 'unknown';
  if (decided !== 'both' || sourceTranslation === undefined) return 'no';
  if (begun === undefined) return 'unknown';
  // A port that was chosen at random is the same again once in a blue moon.
  const isSamePort =
    isPortWithin(begun.sourcePorts, sourcePorts) === 'yes' && sourcePorts.first === sourcePorts.last;
  const isSameSource = isWithin(begun.source, source);
  return isSamePort ? not(isSameSource) : 'yes';
}

function matchOption({ name, values: [value = ''] }: ModuleOption, packet: Packet, table: Table): Answer {
  switch (name) {
    case '--ctstate':
    case '--state':
      return matchCtstate(value.split(','), packet, table);
    case '--ctproto':
      return known(Number(value) === protocolNumber(packet.protocol));
    case '--ctdir':
      return known(value.toLowerCase() === packet.direction);
    case '--ctstatus':
      return matchStatus(value, packet);
    default:
      return matchEnd(name, value, packet);
  }
}

/** The kernel has confirmed no connection whose first packet is still on its way, and nobody has answered it. */
function matchStatus(value: string, { ctstate, decided }: Packet): Answer {
  if (value === 'NONE') return 'no';
  return ctstate === 'NEW' && decided !== 'both' ? 'no' : 'unknown';
}

const END = /^--ct(orig|repl)(src|dst)(port)?$/;

/** What a connection's packets come from and go to, in the direction of the first one and of its answers. */
function matchEnd(name: string, value: string, packet: Packet): Answer {
  const [, side, end, isPort] = END.exec(name) ?? [];
  const ends = side === 'orig' ? originOf(packet) : side === 'repl' ? replyOf(packet) : undefined;
  if (ends === undefined) return 'unknown';
  const isSource = end === 'src';
  if (isPort !== undefined) {
    return isPortWithin(isSource ? ends.sourcePorts : ends.destinationPorts, readPortRange(value, ':'));
  }
  const named = parseAddresses(value, packet.family);
  return named === undefined ? 'unknown' : isWithin(isSource ? ends.source : ends.destination, named);
}

/** A packet of the original direction began its journey so. */
function originOf({ direction, begun }: Packet): Ends | undefined {
  return direction === 'original' ? begun : undefined;
}

/** An answer began its journey so; for a connection that begins, it is the first packet turned round, as it is translated by then. */
function replyOf(packet: Packet): Ends | undefined {
  if (packet.direction === 'reply') return packet.begun;
  if (packet.ctstate !== 'NEW') return undefined;
  const { source, destination, sourcePorts, destinationPorts } = packet;
  return {
    source: destination,
    destination: source,
    sourcePorts: destinationPorts,
    destinationPorts: sourcePorts,
  };
}
