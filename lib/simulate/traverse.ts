// The walk of a packet through one built-in chain: jumps, gotos, returns, policy. Where a match cannot be judged, both ways are walked.
import type { ChainAddress } from '../model/iptables';
import { chainKey } from '../model/iptables';
import type { Rule } from '../model/rule';
import { isSurelyElsewhere } from './elsewhere';
import type { Flow } from './flow';
import { endFlow, mergeFlows, mergeWithin } from './flow';
import type { Fork, RulePlace } from './fork';
import { forkAll, forkFlows } from './fork';
import type { Surroundings } from './rule-set';
import type { Effect } from './targets';
import { effectOf } from './targets';
import type { Ending, Place, Step } from './trace';

/** What one table made of it. */
export interface Traversal {
  /** Those that the table lets pass; several where something is in doubt. */
  readonly passed: readonly Flow[];
  readonly endings: readonly Ending[];
}

/** Walks the chain from its first rule; `steps` gets what is met. */
export function traverse(
  address: ChainAddress,
  flows: readonly Flow[],
  { surroundings, steps }: { readonly surroundings: Surroundings; readonly steps: Step[] },
): Traversal {
  const walk: Walk = { surroundings, steps, passed: [], endings: [] };
  followPolicy(address, walkChain(address, flows, { walk, depth: 0 }), walk);
  const passed = mergeFlows(walk.passed);
  const [only, ...others] = flows;
  // Nothing else can have become of it, whatever was in doubt.
  const isSure = passed.length === 1 && walk.endings.length === 0 && others.length === 0;
  return {
    passed: isSure && only !== undefined ? passed.map((flow) => ({ ...flow, ways: only.ways })) : passed,
    endings: walk.endings,
  };
}

interface Walk {
  readonly surroundings: Surroundings;
  readonly steps: Step[];
  readonly passed: Flow[];
  readonly endings: Ending[];
}

interface Depth {
  readonly walk: Walk;
  readonly depth: number;
}

/** The kernel refuses loops, and what it lets be declared is never so deep. */
const DEEPEST = 100;

function followPolicy(
  address: ChainAddress,
  flows: readonly Flow[],
  { surroundings, steps, passed, endings }: Walk,
): void {
  if (flows.length === 0) return;
  const policy = surroundings.ruleSet.get(chainKey(address))?.policy ?? 'ACCEPT';
  const by: Place = { address, text: policy };
  steps.push({
    kind: 'policy',
    place: by,
    answer: flows.some(({ ways }) => ways.some((way) => way.length === 0)) ? 'yes' : 'unknown',
    did: policy === 'DROP' ? 'dropped' : 'accepted',
  });
  if (policy === 'DROP') endings.push(...flows.map((flow) => endFlow('dropped', flow, { by })));
  else passed.push(...flows);
}

/** What falls off the chain's end or is returned. */
function walkChain(address: ChainAddress, start: readonly Flow[], { walk, depth }: Depth): readonly Flow[] {
  const { surroundings, steps, endings } = walk;
  if (depth > DEEPEST) {
    endings.push(...start.map((flow) => endFlow('loop', flow)));
    return [];
  }
  let flows = start;
  const returned: Flow[] = [];
  const rules = surroundings.ruleSet.get(chainKey(address))?.rules ?? [];
  for (const [index, text] of rules.entries()) {
    if (flows.length === 0) break;
    if (flows.every(({ packet }) => isSurelyElsewhere(text, packet))) continue;
    const rule = surroundings.parse(text, address.family);
    const place = { address, position: index + 1, text };
    const at = { place, look: { table: address.table, surroundings } };
    const fork = forkFlows(flows, rule, at);
    if (fork.answer === 'no') continue;
    const effect = effectOf(rule);
    steps.push({ kind: 'rule', place, answer: fork.answer, did: effect.kind });
    const next = follow(effect, { ...fork, ...at, rule }, { walk, depth });
    flows = mergeWithin(next.on);
    returned.push(...next.returned);
  }
  return returned.length === 0 ? flows : mergeWithin([...returned, ...flows]);
}

interface Met extends Fork, RulePlace {
  readonly rule: Rule;
}

interface Next {
  /** What goes on to the next rule. */
  readonly on: readonly Flow[];
  /** What leaves the chain for where it was called from. */
  readonly returned: readonly Flow[];
}

function follow(effect: Effect, fork: Met, { walk, depth }: Depth): Next {
  const { passedBy, taken, place } = fork;
  switch (effect.kind) {
    case 'pass': {
      const { change } = effect;
      if (change === undefined) return { on: fork.tried, returned: [] };
      return { on: [...passedBy, ...changed(taken, (packet) => change(packet))], returned: [] };
    }
    case 'accepted':
      walk.passed.push(...taken);
      return { on: passedBy, returned: [] };
    case 'translated': {
      const { surroundings } = walk;
      walk.passed.push(...changed(taken, (packet) => effect.change(packet, { surroundings, by: place })));
      return { on: passedBy, returned: [] };
    }
    case 'dropped':
    case 'rejected':
      walk.endings.push(...taken.map((flow) => endFlow(effect.kind, flow, { by: place })));
      return { on: passedBy, returned: [] };
    case 'return':
      return { on: passedBy, returned: taken };
    case 'jump':
    case 'goto':
      return enter(effect, fork, { walk, depth });
    case 'unknown': {
      const { into, past } = forkAll(fork.tried, fork.rule, { ...fork, why: effect.why });
      walk.endings.push(...into.map((flow) => endFlow('unknown', flow, { by: place })));
      return { on: past, returned: [] };
    }
  }
}

function enter(
  { kind, chain }: Extract<Effect, { kind: 'jump' | 'goto' }>,
  fork: Met,
  { walk, depth }: Depth,
): Next {
  const address = { ...fork.place.address, chain };
  if (!walk.surroundings.ruleSet.has(chainKey(address))) {
    const why = `there is no chain ${chain}, and no target of that name is known`;
    return follow({ kind: 'unknown', why }, fork, { walk, depth });
  }
  const left = walkChain(address, fork.taken, { walk, depth: depth + 1 });
  return kind === 'goto'
    ? { on: fork.passedBy, returned: left }
    : { on: [...left, ...fork.passedBy], returned: [] };
}

function changed(flows: readonly Flow[], change: (packet: Flow['packet']) => Flow['packet']): Flow[] {
  return flows.map((flow) => ({ ...flow, packet: change(flow.packet) }));
}
