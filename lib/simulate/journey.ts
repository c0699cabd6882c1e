// The way of a packet through the hooks of a host: one that arrives for the host itself, and one that the host sends.
import type { Table } from '../model/iptables';
import type { Packet } from './packet';
import type { Surroundings } from './rule-set';
import type { Ending, Step, Trace } from './trace';
import type { Flow } from './traverse';
import { traverse } from './traverse';

/** To the host: `delivered`, unless something ends it before. What goes on to others ends as `forwarded`, and is not followed. */
export function arrive(packet: Packet, surroundings: Surroundings): Trace {
  const journey = begin(packet, surroundings);
  walkAll(PREROUTING, 'PREROUTING', journey);
  route(journey);
  walkAll(INPUT, 'INPUT', journey);
  return finish('delivered', journey);
}

/** From the host: `sent`, unless something ends it before. */
export function leave(packet: Packet, surroundings: Surroundings): Trace {
  const journey = begin(packet, surroundings);
  walkAll(OUTPUT, 'OUTPUT', journey);
  walkAll(POSTROUTING, 'POSTROUTING', journey);
  return finish('sent', journey);
}

const PREROUTING: readonly Table[] = ['raw', 'mangle', 'nat'];
const INPUT: readonly Table[] = ['mangle', 'filter', 'security', 'nat'];
const OUTPUT: readonly Table[] = ['raw', 'mangle', 'nat', 'filter', 'security'];
const POSTROUTING: readonly Table[] = ['mangle', 'nat'];

interface Journey {
  readonly surroundings: Surroundings;
  readonly steps: Step[];
  readonly endings: Ending[];
  flows: readonly Flow[];
}

function begin(packet: Packet, surroundings: Surroundings): Journey {
  return { surroundings, steps: [], endings: [], flows: [{ packet, doubts: [] }] };
}

function walkAll(tables: readonly Table[], chain: string, journey: Journey): void {
  for (const table of tables) {
    journey.flows = journey.flows.flatMap((flow) => {
      if (table === 'nat' && !isSeenByNat(flow.packet)) return [flow];
      const address = { family: flow.packet.family, table, chain };
      const { passed, endings } = traverse(address, flow, journey);
      journey.endings.push(...endings);
      return passed;
    });
  }
}

/** Table nat sees the first packet of a connection; what it decides then holds for all that follow. */
function isSeenByNat({ ctstate }: Packet): boolean {
  return ctstate === 'NEW' || ctstate === 'RELATED' || ctstate === 'unknown';
}

/** Only what is for an address of the host goes on to its INPUT. */
function route(journey: Journey): void {
  const { surroundings, endings, steps } = journey;
  journey.flows = journey.flows.flatMap((flow) => {
    const { packet } = flow;
    const isLocal =
      packet.isForHost === true ? 'yes' : surroundings.isLocal(packet.destination, packet.family);
    if (isLocal === 'yes') return [flow];
    const by = steps.findLast(({ did }) => did === 'translated')?.place;
    const disposition = isLocal === 'no' ? 'forwarded' : 'unknown';
    endings.push({ disposition, ...(by === undefined ? {} : { by }), ...flow });
    return isLocal === 'no' ? [] : [flow];
  });
}

function finish(disposition: 'delivered' | 'sent', { steps, endings, flows }: Journey): Trace {
  const translated = steps.findLast(({ did }) => did === 'translated')?.place;
  const ends = flows.map((flow): Ending => {
    const isElsewhere = flow.packet.isDestinationTranslated === true && translated !== undefined;
    return { disposition, ...(isElsewhere ? { by: translated } : {}), ...flow };
  });
  return { steps, endings: [...endings, ...ends] };
}
