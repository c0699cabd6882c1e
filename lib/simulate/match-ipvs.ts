// The ipvs match: did IPVS send this packet on, and by which virtual server. Used by modules.ts.
import type { ForwardMethod } from '../model/ipvs';
import type { ModuleOption } from '../model/rule';
import { protocolNumber } from '../syntax/vocabulary/protocols';
import { isWithin, parseAddresses } from './addresses';
import type { Answer } from './answer';
import { all, known, unlessNegated } from './answer';
import type { Look } from './match';
import type { Balanced, Packet } from './packet';
import { isPortWithin } from './packet';

/** Of a packet that IPVS has not touched nothing but `! --ipvs` matches, however it is negated. */
export function matchIpvs(options: readonly ModuleOption[], packet: Packet, { surroundings }: Look): Answer {
  const { balanced } = packet;
  const [first, ...more] = options;
  if (surroundings.ipvs === undefined) return 'unknown';
  if (first?.name === '--ipvs' && more.length === 0)
    return unlessNegated(known(balanced !== undefined), first);
  if (balanced === undefined) return 'no';
  // Not every kernel finds the connection of a packet whose destination is still the virtual server's.
  if (balanced.realServer.forward !== 'nat') return 'unknown';
  return all(options.map((option) => unlessNegated(matchOption(option, packet, balanced), option)));
}

function matchOption(
  { name, values: [value = ''] }: ModuleOption,
  packet: Packet,
  { destination, destinationPorts, realServer }: Balanced,
): Answer {
  switch (name) {
    case '--ipvs':
      return 'yes';
    case '--vproto':
      return known(Number(value) === protocolNumber(packet.protocol));
    case '--vaddr': {
      const named = parseAddresses(value, packet.family);
      return named === undefined ? 'unknown' : isWithin(destination, named);
    }
    case '--vport':
      return isPortWithin(destinationPorts, { first: Number(value), last: Number(value) });
    case '--vdir':
      return matchDirection(value, packet);
    case '--vmethod':
      return known(METHODS[realServer.forward] === value);
    // Only connections that belong to another, as those of FTP, have such a port.
    case '--vportctl':
      return 'no';
    default:
      return 'unknown';
  }
}

const METHODS: Readonly<Record<ForwardMethod, string>> = { nat: 'MASQ', dr: 'GATE', tunnel: 'IPIP' };

/** The kernel asks connection tracking. */
function matchDirection(value: string, { ctstate, direction }: Packet): Answer {
  if (ctstate === 'UNTRACKED') return 'no';
  return ctstate === 'unknown' ? 'unknown' : known(value.toLowerCase() === direction);
}
