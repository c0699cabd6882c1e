// What IPVS makes of a packet: behind the filter of INPUT, and in OUTPUT before its filter. Used by journey.ts.
// Measured: docs/lab-notes/0320-packets-through-a-host.md.
import type { RealServerDeclaration } from '../model/ipvs';
import { parseAddresses } from './addresses';
import type { Answer } from './answer';
import type { Flow } from './flow';
import { endFlow } from './flow';
import type { Journey } from './hooks';
import type { Packet } from './packet';
import { NO_DEVICE } from './packet';
import { routeOf } from './routing';
import type { Step } from './trace';
import type { VirtualServer } from './virtual-servers';
import { findServer, isFirst, takersOf } from './virtual-servers';

/** The IPVS of a host. */
export interface Ipvs {
  readonly servers: readonly VirtualServer[];
  /** The sysctl `net.ipv4.vs.conntrack`: without it, what IPVS sends on is not tracked, and seen by no rule of nat. */
  readonly isTracked: Answer;
}

/** What IPVS lets pass, or balances to the host itself, and what it sends to real servers elsewhere. */
export interface Balancing {
  readonly passed: readonly Flow[];
  readonly balanced: readonly Flow[];
}

/** The choice among real servers is the kernel's: each of them is one way to go on. */
export function balance(flows: readonly Flow[], journey: Journey): Balancing {
  const passed: Flow[] = [];
  const balanced: Flow[] = [];
  for (const flow of flows) {
    const met = meet(flow, journey);
    if (met === undefined) passed.push(flow);
    for (const { isHost, ...next } of met ?? []) (isHost ? passed : balanced).push(next);
  }
  return { passed, balanced };
}

interface Sent extends Flow {
  readonly isHost: boolean;
}

/** Absent where IPVS has nothing to do with it. */
function meet(flow: Flow, journey: Journey): readonly Sent[] | undefined {
  const { ipvs } = journey.surroundings;
  const { packet } = flow;
  if (ipvs === undefined || packet.balanced !== undefined) return undefined;
  const found = findServer(packet, ipvs.servers);
  if (found === undefined) return undefined;
  const { server } = found.server.declaration;
  const tell = (step: Pick<Extract<Step, { kind: 'virtual-server' }>, 'did' | 'realServer'>): void => {
    journey.steps.push({ kind: 'virtual-server', server, ...step });
  };
  const why = found.isSure ? (isFirst(packet) ? undefined : NOT_FIRST) : NOT_SURE;
  if (why !== undefined) {
    tell({ did: 'unknown' });
    journey.endings.push(endFlow('unknown', flow, { why }));
    return [];
  }
  const { takers, mayReject } = takersOf(found.server);
  if (mayReject !== 'no') {
    tell({ did: 'rejected' });
    const more = mayReject === 'unknown' ? { why: CROWDED } : {};
    journey.endings.push(endFlow(mayReject === 'unknown' ? 'unknown' : 'rejected', flow, more));
  }
  return takers.flatMap((realServer) => {
    tell({ did: 'balanced', realServer });
    return sendTo(realServer, flow, { server: found.server, journey });
  });
}

const NOT_FIRST = 'it may be of a connection that IPVS knows, and those are not looked at';
const NOT_SURE = 'whether it is for a virtual server is not known';
const CROWDED = 'whether a real server takes more connections is not known';
const WRAPPED = 'what IPVS wraps for a tunnel is not followed';
const WHOSE = 'whether the real server is the host itself is not known';

interface Chosen {
  readonly server: VirtualServer;
  readonly journey: Journey;
}

function sendTo(
  realServer: RealServerDeclaration,
  flow: Flow,
  { server, journey: { surroundings, endings } }: Chosen,
): Sent[] {
  const address = parseAddresses(realServer.address, realServer.family);
  const isHost = address === undefined ? 'unknown' : surroundings.isLocal(address, realServer.family);
  if (address === undefined || isHost === 'unknown' || realServer.forward === 'tunnel') {
    const why = realServer.forward === 'tunnel' ? WRAPPED : WHOSE;
    endings.push(endFlow('unknown', flow, { why }));
    return [];
  }
  const packet = sent(flow.packet, realServer, {
    server,
    isTracked: surroundings.ipvs?.isTracked ?? 'unknown',
  });
  if (isHost === 'yes') return [{ ...flow, packet, isHost: true }];
  const leaving: Packet = { ...packet, inDevice: NO_DEVICE };
  const route = routeOf({ ...leaving, destination: address, isDestinationTranslated: true }, surroundings);
  if (route.kind === 'device') {
    return [{ ...flow, packet: { ...leaving, outDevice: route.device }, isHost: false }];
  }
  endings.push(endFlow('no-route', { ...flow, packet: leaving }));
  return [];
}

/** With `-m` it goes to the real server's address and port; with `-g` as it is. */
function sent(
  packet: Packet,
  realServer: RealServerDeclaration,
  { server, isTracked }: { readonly server: VirtualServer; readonly isTracked: Answer },
): Packet {
  const { declaration } = server;
  const { destination, destinationPorts } = packet;
  const balanced = { server: declaration.server, realServer, destination, destinationPorts };
  const untracked = isTracked === 'no' ? 'UNTRACKED' : 'unknown';
  const ctstate = isTracked === 'yes' ? packet.ctstate : untracked;
  if (realServer.forward !== 'nat') return { ...packet, ctstate, balanced };
  const hasOwnPort = declaration.server.by === 'address' && declaration.server.port !== 0;
  const keepsPort =
    realServer.port === 0 || (declaration.persistenceTimeoutSeconds !== undefined && !hasOwnPort);
  return {
    ...packet,
    ctstate,
    balanced,
    destination: parseAddresses(realServer.address, realServer.family) ?? destination,
    destinationPorts: keepsPort ? destinationPorts : { first: realServer.port, last: realServer.port },
    isForHost: false,
  };
}
