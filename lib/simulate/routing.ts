// The routing decision: is a packet for the host itself, and if not, by which device does it go on. Used by journey.ts and ipvs.ts.
import type { Addresses } from './addresses';
import { isWithin } from './addresses';
import type { Answer } from './answer';
import type { Flow } from './flow';
import { endFlow } from './flow';
import type { Journey } from './hooks';
import { lastTranslation, tellRouting } from './hooks';
import type { Packet } from './packet';
import { LOOPBACK, SOME_DEVICE } from './packet';
import type { Route, Surroundings } from './rule-set';

/** Where packets go. */
export interface Routed {
  readonly toHost: readonly Flow[];
  /** With the device that they leave by. */
  readonly elsewhere: readonly Flow[];
}

/** What has no route, or of which it is not known whose it is, ends here. */
export function routeFlows(flows: readonly Flow[], journey: Journey): Routed {
  const toHost: Flow[] = [];
  const elsewhere: Flow[] = [];
  for (const flow of flows) {
    const { packet } = flow;
    const isHost = isForHost(packet, journey.surroundings);
    const route = isStrange(packet, journey.surroundings)
      ? NOWHERE
      : isHost === 'no'
        ? routeOf(packet, journey.surroundings)
        : undefined;
    const to = route === undefined ? (isHost === 'yes' ? 'host' : 'unknown') : WHERE[route.kind];
    tellRouting(to, flow, journey);
    const by = packet.isDestinationTranslated === true ? lastTranslation(journey.steps) : undefined;
    if (route === undefined) {
      if (isHost === 'yes') toHost.push(flow);
      else journey.endings.push(endFlow('unknown', flow, { by, why: WHOSE }));
    } else if (route.kind === 'none') journey.endings.push(endFlow('no-route', flow, { by }));
    else elsewhere.push({ ...flow, packet: { ...packet, outDevice: route.device } });
  }
  return { toHost, elsewhere };
}

/** Only what is for the host is followed; of what may be for others it is said that this is not known. */
export function routeNear(flows: readonly Flow[], journey: Journey): readonly Flow[] {
  return flows.filter((flow) => {
    const isHost = isForHost(flow.packet, journey.surroundings);
    tellRouting(isHost === 'yes' ? 'host' : isHost === 'no' ? 'elsewhere' : 'unknown', flow, journey);
    if (isHost === 'yes') return true;
    const by = lastTranslation(journey.steps);
    journey.endings.push(endFlow(isHost === 'no' ? 'forwarded' : 'unknown', flow, { by, why: WHOSE }));
    return isHost === 'unknown';
  });
}

/** Is its destination an address of the host? */
export function isForHost(packet: Packet, { isLocal }: Surroundings): Answer {
  return packet.isForHost === true ? 'yes' : isLocal(packet.destination, packet.family);
}

/** Where a packet of the host's own goes, which reaches the host itself by the loopback device. */
export function routeOut(packet: Packet, surroundings: Surroundings): Route {
  switch (isForHost(packet, surroundings)) {
    case 'yes':
      return { kind: 'device', device: LOOPBACK };
    case 'no':
      return routeOf(packet, surroundings);
    case 'unknown':
      return { kind: 'device', device: { kind: 'unnamed', isNot: [] } };
  }
}

/** What the host sends elsewhere than it first meant to must have a way there too, before its filter is asked. */
export function rerouteFlows(flows: readonly Flow[], journey: Journey): readonly Flow[] {
  return flows.filter((flow) => {
    const { isDestinationTranslated } = flow.packet;
    if (isDestinationTranslated !== true) return true;
    if (routeOut(flow.packet, journey.surroundings).kind !== 'none') return true;
    tellRouting('nowhere', flow, journey);
    journey.endings.push(endFlow('no-route', flow, { by: lastTranslation(journey.steps) }));
    return false;
  });
}

/** Where a packet for others goes. */
export function routeOf(packet: Packet, { routeOf: ask, isLocalnetRouted }: Surroundings): Route {
  if (isLoopback(packet.source, packet) && isLocalnetRouted !== true) return NOWHERE;
  if (ask !== undefined) return ask(packet);
  const { outDevice, isDestinationTranslated } = packet;
  const isSaid = outDevice.kind === 'named' && outDevice.name !== 'lo' && isDestinationTranslated !== true;
  return { kind: 'device', device: isSaid ? outDevice : SOME_DEVICE };
}

/** From outside, the kernel takes nothing from or for a loopback address. */
function isStrange(packet: Packet, { isLocalnetRouted }: Surroundings): boolean {
  const { inDevice, source, destination } = packet;
  const isOutside = inDevice.kind === 'unnamed' || (inDevice.kind === 'named' && inDevice.name !== 'lo');
  if (!isOutside || isLocalnetRouted === true) return false;
  return isLoopback(source, packet) || isLoopback(destination, packet);
}

function isLoopback(addresses: Addresses, { family }: Packet): boolean {
  return family === 'ipv4' && isWithin(addresses, LOCALNET) === 'yes';
}

const LOCALNET: Addresses = { bits: 127n << 24n, mask: 255n << 24n };
const NOWHERE: Route = { kind: 'none' };
const WHERE = { device: 'elsewhere', none: 'nowhere' } as const;
const WHOSE = 'whether the address is one of the host itself is not known';
