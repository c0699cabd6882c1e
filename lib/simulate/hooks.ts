// The hooks of the kernel, and in which order the tables stand at each. Used by journey.ts and its parts.
import type { Table } from '../model/iptables';
import type { Flow } from './flow';
import { endFlow } from './flow';
import type { Packet } from './packet';
import type { Disposition, Ending, RoutingStep, Step } from './trace';
import type { Surroundings } from './rule-set';
import { traverse } from './traverse';

/** By the names of their chains. */
export type Hook = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';

/** As the kernel orders them, by priority. */
export const HOOKS: Readonly<Record<Hook, readonly Table[]>> = {
  PREROUTING: ['raw', 'mangle', 'nat'],
  INPUT: ['mangle', 'filter', 'security', 'nat'],
  FORWARD: ['mangle', 'filter', 'security'],
  OUTPUT: ['raw', 'mangle', 'nat', 'filter', 'security'],
  POSTROUTING: ['mangle', 'nat'],
};

/** One walk through a host, from where it begins to all its endings. */
export interface Journey {
  readonly surroundings: Surroundings;
  /** What becomes of a packet that leaves by a device: the host's own is sent. */
  readonly onward: 'forwarded' | 'sent';
  readonly steps: Step[];
  readonly endings: Ending[];
}

/** Through these tables of one hook; what they let pass. */
export function walkTables(
  flows: readonly Flow[],
  { hook, tables = HOOKS[hook] }: { readonly hook: Hook; readonly tables?: readonly Table[] },
  journey: Journey,
): readonly Flow[] {
  let passing = flows;
  for (const table of tables) {
    if (passing.length === 0) break;
    passing =
      table === 'nat' ? walkNat(passing, hook, journey) : walkTable(passing, { hook, table }, journey);
  }
  return passing;
}

/** All that is left ends so. */
export function endAll(disposition: Disposition, flows: readonly Flow[], { steps, endings }: Journey): void {
  for (const flow of flows) {
    const { isDestinationTranslated } = flow.packet;
    const by = isDestinationTranslated === true ? lastTranslation(steps) : undefined;
    endings.push(endFlow(disposition, flow, { by }));
  }
}

/** Where packets go from here. */
export function tellRouting(to: RoutingStep['to'], { packet }: Flow, { steps }: Journey): void {
  steps.push({ kind: 'routing', to, packet });
}

/** The rule that last gave a packet another destination or source. */
export function lastTranslation(steps: readonly Step[]): Ending['by'] {
  const step = steps.findLast((each) => each.kind === 'rule' && each.did === 'translated');
  return step?.kind === 'rule' ? step.place : undefined;
}

function walkTable(
  flows: readonly Flow[],
  { hook, table }: { readonly hook: Hook; readonly table: Table },
  journey: Journey,
): readonly Flow[] {
  const [first] = flows;
  if (first === undefined) return flows;
  const address = { family: first.packet.family, table, chain: hook };
  const { passed, endings } = traverse(address, flows, journey);
  journey.endings.push(...endings);
  return passed;
}

/** What no rule of nat translates is decided as well: the connection keeps its ends. */
function walkNat(flows: readonly Flow[], hook: Hook, journey: Journey): readonly Flow[] {
  const seen = flows.filter(({ packet }) => isSeenByNat(packet, hook));
  const others = flows.filter(({ packet }) => !isSeenByNat(packet, hook));
  const decided = hook === 'PREROUTING' || hook === 'OUTPUT' ? 'destination' : 'both';
  const passed = walkTable(seen, { hook, table: 'nat' }, journey).map((flow) => ({
    ...flow,
    packet: { ...flow.packet, decided } as const,
  }));
  return [...passed, ...others];
}

/** Table nat sees the first packet of a connection; what it decides then holds for all that follow. */
function isSeenByNat({ ctstate, decided }: Packet, hook: Hook): boolean {
  if (decided === 'both' || (decided === 'destination' && (hook === 'PREROUTING' || hook === 'OUTPUT'))) {
    return false;
  }
  return ctstate === 'NEW' || ctstate === 'RELATED' || ctstate === 'unknown';
}
