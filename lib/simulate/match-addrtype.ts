// The addrtype match: is an address the host's own, as far as that can be told. Used by match.ts.
import type { Match } from '../model/rule';
import { isWithin, parseAddresses } from './addresses';
import type { Answer } from './answer';
import { all, unlessNegated } from './answer';
import type { Packet } from './packet';
import type { Surroundings } from './rule-set';

type AddrtypeMatch = Extract<Match, { kind: 'addrtype' }>;

/** What a packet's source and destination are to the host. */
export function matchAddrtype(
  { source, destination, limit }: AddrtypeMatch,
  packet: Packet,
  surroundings: Surroundings,
): Answer {
  const destinationIsLocal =
    packet.isForHost === true ? 'yes' : surroundings.isLocal(packet.destination, packet.family);
  return all([
    source === undefined
      ? 'yes'
      : unlessNegated(
          matchType(source.type, surroundings.isLocal(packet.source, packet.family), packet.source, packet),
          source,
        ),
    destination === undefined
      ? 'yes'
      : unlessNegated(
          matchType(destination.type, destinationIsLocal, packet.destination, packet),
          destination,
        ),
    // Of that device alone: which addresses it has is not looked at.
    limit === undefined ? 'yes' : 'unknown',
  ]);
}

/** A unicast address that is not the host's may also be one of broadcast, or one that the host's routes reject. */
function matchType(type: string, isLocal: Answer, addresses: Packet['source'], { family }: Packet): Answer {
  const types = type.split(',');
  if (isLocal === 'yes') return types.includes('LOCAL') ? 'yes' : 'no';
  const multicast = parseAddresses(family === 'ipv4' ? '224.0.0.0/4' : 'ff00::/8', family);
  const isMulticast = multicast === undefined ? 'unknown' : isWithin(addresses, multicast);
  if (isMulticast === 'yes') return types.includes('MULTICAST') ? 'yes' : 'no';
  if (isLocal === 'no' && isMulticast === 'no') {
    return types.every((each) => each === 'LOCAL' || each === 'MULTICAST') ? 'no' : 'unknown';
  }
  return 'unknown';
}
