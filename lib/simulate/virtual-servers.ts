// Which virtual server a packet is for, and which of its real servers may take it. Used by ipvs.ts.
import type { RealServerDeclaration, Scheduler, VirtualServerDeclaration } from '../model/ipvs';
import { isWithin, parseAddresses } from './addresses';
import type { Answer } from './answer';
import { all, known } from './answer';
import type { Packet } from './packet';
import { isPortWithin } from './packet';

/** One with its real servers. */
export interface VirtualServer {
  readonly declaration: VirtualServerDeclaration;
  readonly realServers: readonly RealServerDeclaration[];
}

/** The one that a packet is for, and whether that is sure; absent where it is surely for none. */
export function findServer(
  packet: Packet,
  servers: readonly VirtualServer[],
): { readonly server: VirtualServer; readonly isSure: boolean } | undefined {
  let found: VirtualServer | undefined;
  // The kernel looks for the mark, then for address and port, then for the address alone.
  for (const rank of [0, 1, 2]) {
    for (const server of servers) {
      if (rankOf(server) !== rank) continue;
      const answer = isFor(packet, server);
      if (answer === 'yes') return { server: found ?? server, isSure: found === undefined };
      if (answer === 'unknown') found ??= server;
    }
  }
  return found === undefined ? undefined : { server: found, isSure: false };
}

/** A packet that begins a connection; of others IPVS asks its table of connections. */
export function isFirst({ protocol, flags, ctstate }: Packet): boolean {
  if (ctstate === 'ESTABLISHED' || ctstate === 'RELATED' || ctstate === 'unknown') return false;
  return protocol !== 'tcp' || (flags.includes('SYN') && !flags.includes('ACK'));
}

/** The real servers to which it may go, and whether it may be rejected since none takes it. */
export function takersOf({ declaration, realServers }: VirtualServer): {
  readonly takers: readonly RealServerDeclaration[];
  readonly mayReject: Answer;
} {
  const { scheduler, schedulerFlags } = declaration;
  const open = realServers.filter(({ weight }) => weight > 0);
  if (open.length === 0) return { takers: [], mayReject: 'yes' };
  if (scheduler === 'twos' || scheduler === 'ovf') return { takers: open, mayReject: 'unknown' };
  const heaviest = Math.max(...open.map(({ weight }) => weight));
  const takers = scheduler === 'fo' ? open.filter(({ weight }) => weight === heaviest) : open;
  // The address of the client may lead to one that is quiescent, and then to no other.
  const mayMeetQuiescent =
    HASHES.includes(scheduler) &&
    open.length < realServers.length &&
    !schedulerFlags.some((flag) => flag === 'sh-fallback' || flag === 'mh-fallback');
  if (mayMeetQuiescent) return { takers, mayReject: scheduler === 'mh' ? 'unknown' : 'yes' };
  return { takers, mayReject: open.every(({ upperThreshold }) => upperThreshold > 0) ? 'unknown' : 'no' };
}

const HASHES: readonly Scheduler[] = ['sh', 'dh', 'mh'];

function rankOf({ declaration: { server } }: VirtualServer): number {
  return server.by === 'firewall-mark' ? 0 : server.port === 0 ? 2 : 1;
}

function isFor(packet: Packet, { declaration: { server } }: VirtualServer): Answer {
  if (server.family !== packet.family || !BALANCED_PROTOCOLS.includes(packet.protocol)) return 'no';
  if (server.by === 'firewall-mark') {
    return packet.mark === 'unknown' ? 'unknown' : known(packet.mark === server.mark);
  }
  const address = parseAddresses(server.address, server.family);
  return all([
    known(server.protocol === packet.protocol),
    address === undefined ? 'unknown' : isWithin(packet.destination, address),
    server.port === 0
      ? 'yes'
      : isPortWithin(packet.destinationPorts, { first: server.port, last: server.port }),
  ]);
}

const BALANCED_PROTOCOLS: readonly string[] = ['tcp', 'udp', 'sctp'];
