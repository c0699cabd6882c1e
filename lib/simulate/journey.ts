// The way of a packet through the hooks of a host: one that arrives by a device, and one that the host sends.
import type { Flow } from './flow';
import { startFlow } from './flow';
import type { Journey } from './hooks';
import { endAll, tellRouting, walkTables } from './hooks';
import { balance } from './ipvs';
import type { Packet } from './packet';
import { LOOPBACK, NO_DEVICE } from './packet';
import { rerouteFlows, routeFlows, routeNear, routeOut } from './routing';
import type { Surroundings } from './rule-set';
import type { Trace } from './trace';

/**
 * The whole way of a packet that comes by a device: `delivered` to the host, `forwarded` by another device, or ended before. It is as it
 * is when the host sees it first, and begins a connection unless its state says otherwise.
 */
export function walkFromDevice(packet: Packet, surroundings: Surroundings): Trace {
  const journey = begin('forwarded', surroundings);
  const arrived = walkTables([startFlow(begun(packet))], { hook: 'PREROUTING' }, journey);
  const { toHost, elsewhere } = routeFlows(arrived, journey);
  comeIn(toHost, journey);
  const forwarded = walkTables(elsewhere, { hook: 'FORWARD' }, journey);
  endAll('forwarded', walkTables(forwarded, { hook: 'POSTROUTING' }, journey), journey);
  return journey;
}

/**
 * The whole way of a packet that the host sends: `sent` by a device, `delivered` where it is for the host itself, or ended before. Its
 * source is the address that the kernel chose for it.
 */
export function walkFromHost(packet: Packet, surroundings: Surroundings): Trace {
  const journey = begin('sent', surroundings);
  const begins: Packet = { ...begun(packet), inDevice: NO_DEVICE };
  const route = routeOut(begins, surroundings);
  if (route.kind === 'none') {
    const flow = startFlow(begins);
    tellRouting('nowhere', flow, journey);
    endAll('no-route', [flow], journey);
    return journey;
  }
  const leaving = [startFlow({ ...begins, outDevice: route.device })];
  const beforeIpvs = walkTables(leaving, { hook: 'OUTPUT', tables: ['raw', 'mangle', 'nat'] }, journey);
  const { passed, balanced } = balance(rerouteFlows(beforeIpvs, journey), journey);
  const filtered = walkTables(passed, { hook: 'OUTPUT', tables: ['filter', 'security'] }, journey);
  sendOn(balanced, journey);
  goOut(filtered, journey);
  return journey;
}

/** To the host: `delivered`, unless something ends it before. What goes on to others ends as `forwarded`, and is not followed. */
export function arrive(packet: Packet, surroundings: Surroundings): Trace {
  const journey = begin('forwarded', surroundings);
  const arrived = walkTables([startFlow(begun(packet))], { hook: 'PREROUTING' }, journey);
  const whose = routeNear(arrived, journey);
  endAll('delivered', walkTables(whose, { hook: 'INPUT' }, journey), journey);
  return journey;
}

/** From the host: `sent`, unless something ends it before. */
export function leave(packet: Packet, surroundings: Surroundings): Trace {
  const journey = begin('sent', surroundings);
  const leaving = walkTables([startFlow(begun(packet))], { hook: 'OUTPUT' }, journey);
  endAll('sent', walkTables(leaving, { hook: 'POSTROUTING' }, journey), journey);
  return journey;
}

function begin(onward: Journey['onward'], surroundings: Surroundings): Journey {
  return { surroundings, onward, steps: [], endings: [] };
}

function begun(packet: Packet): Packet {
  const { source, destination, sourcePorts, destinationPorts } = packet;
  return { ...packet, begun: { source, destination, sourcePorts, destinationPorts } };
}

/** Through INPUT, where IPVS stands behind the filter. */
function comeIn(flows: readonly Flow[], journey: Journey): void {
  const filtered = walkTables(flows, { hook: 'INPUT', tables: ['mangle', 'filter', 'security'] }, journey);
  const { passed, balanced } = balance(filtered, journey);
  endAll('delivered', walkTables(passed, { hook: 'INPUT', tables: ['nat'] }, journey), journey);
  sendOn(balanced, journey);
}

/** What IPVS sends to a real server passes all of OUTPUT, as if it were the host's own. */
function sendOn(flows: readonly Flow[], journey: Journey): void {
  const filtered = walkTables(flows, { hook: 'OUTPUT' }, journey);
  endAll(journey.onward, walkTables(filtered, { hook: 'POSTROUTING' }, journey), journey);
}

/** All of OUTPUT sees the device of the first route, POSTROUTING that of where the packet goes now. What is for the host comes in again. */
function goOut(flows: readonly Flow[], journey: Journey): void {
  const { toHost, elsewhere } = routeFlows(flows, journey);
  endAll(journey.onward, walkTables(elsewhere, { hook: 'POSTROUTING' }, journey), journey);
  const left = walkTables(toHost.map(leavingByLoopback), { hook: 'POSTROUTING' }, journey);
  comeIn(walkTables(left.map(comingByLoopback), { hook: 'PREROUTING' }, journey), journey);
}

function leavingByLoopback(flow: Flow): Flow {
  return { ...flow, packet: { ...flow.packet, outDevice: LOOPBACK } };
}

/** Its connection is known already. */
function comingByLoopback(flow: Flow): Flow {
  return {
    ...flow,
    packet: { ...flow.packet, inDevice: LOOPBACK, outDevice: NO_DEVICE, decided: 'both' },
  };
}
