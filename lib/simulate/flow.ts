// A packet that is still on its way. Where it may have become several, each goes on by itself; those that are alike go on as one. Used by traverse.ts and journey.ts.
import type { Packet } from './packet';
import { joinPackets, packetKey } from './packet';
import type { Disposition, Ending, Place } from './trace';
import type { Way } from './ways';
import { doubtsOf, simplified, SURELY } from './ways';

/** A packet, and how what is in doubt must turn out for it to come so far. */
export interface Flow {
  readonly packet: Packet;
  readonly ways: readonly Way[];
}

/** One that surely comes. */
export function startFlow(packet: Packet): Flow {
  return { packet, ways: SURELY };
}

/** Here it ends. */
export function endFlow(
  disposition: Disposition,
  { packet, ways }: Flow,
  more: { readonly by?: Place | undefined; readonly why?: string } = {},
): Ending {
  const { by, why } = more;
  return {
    disposition,
    packet,
    doubts: doubtsOf(ways),
    ways,
    ...(by === undefined ? {} : { by }),
    ...(why === undefined ? {} : { why }),
  };
}

/** One for each packet: where nothing else can become of it, it does not matter by which rule it came. */
export function mergeFlows(flows: readonly Flow[]): readonly Flow[] {
  return flows.length < 2 ? flows : joinAlike(flows, packetKey);
}

/** Marks that are in doubt double with each rule: more packets than this walk on as one whose mark is not known. */
const MOST_FLOWS = 64;

/** The same inside a chain, where only marks and states of connections can tell packets apart. */
export function mergeWithin(flows: readonly Flow[]): readonly Flow[] {
  const merged = mergeFlows(flows);
  if (merged.length <= MOST_FLOWS) return merged;
  return joinAlike(merged, (packet) => packetKey({ ...packet, mark: 'unknown', ctstate: 'unknown' }));
}

function joinAlike(flows: readonly Flow[], keyOf: (packet: Packet) => string): readonly Flow[] {
  const alike = new Map<string, Flow[]>();
  for (const flow of flows) {
    const key = keyOf(flow.packet);
    const those = alike.get(key);
    if (those === undefined) alike.set(key, [flow]);
    else those.push(flow);
  }
  return [...alike.values()].flatMap((those) => joinFlows(those) ?? []);
}

function joinFlows([first, ...more]: readonly Flow[]): Flow | undefined {
  if (first === undefined || more.length === 0) return first;
  return {
    packet: more.reduce((packet, flow) => joinPackets(packet, flow.packet), first.packet),
    ways: simplified([first, ...more].flatMap(({ ways }) => ways)),
  };
}
