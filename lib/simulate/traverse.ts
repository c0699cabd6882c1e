// The walk of a packet through one built-in chain: jumps, gotos, returns, policy. Where a match cannot be judged, both ways are walked.
import type { ChainAddress } from '../model/iptables';
import { chainKey } from '../model/iptables';
import { isSurelyElsewhere } from './elsewhere';
import type { RuleAnswer } from './match';
import { matchRule } from './match';
import type { Packet } from './packet';
import { joinPackets } from './packet';
import type { Surroundings } from './rule-set';
import type { Effect } from './targets';
import { effectOf } from './targets';
import type { Doubt, Ending, Place, Step } from './trace';
import { placeKey } from './trace';

/** A packet that is still on its way, and what it hangs on that it came so far. */
export interface Flow {
  readonly packet: Packet;
  readonly doubts: readonly Doubt[];
}

/** What one table made of it. */
export interface Traversal {
  /** Those that the table lets pass; several where nat may or may not have translated. */
  readonly passed: readonly Flow[];
  readonly endings: readonly Ending[];
}

/** Walks the chain from its first rule; `steps` gets what is met. */
export function traverse(
  address: ChainAddress,
  flow: Flow,
  { surroundings, steps }: { readonly surroundings: Surroundings; readonly steps: Step[] },
): Traversal {
  const walk: Walk = { surroundings, steps, passed: [], endings: [] };
  const left = walkChain(address, flow, { walk, depth: 0 });
  if (left !== undefined) followPolicy(address, left, walk);
  return { passed: merged(walk, flow), endings: walk.endings };
}

/** One for each destination: where nothing else can become of the packet, it does not matter by which rule it passed. */
function merged({ passed, endings }: Walk, { doubts }: Flow): Flow[] {
  const flows: Flow[] = [];
  for (const flow of passed) {
    const twin = flows.findIndex(({ packet }) => isForTheSame(packet, flow.packet));
    const joined = twin < 0 ? flow : join(flows[twin], flow);
    if (joined !== undefined) flows.splice(twin < 0 ? flows.length : twin, 1, joined);
  }
  return flows.length === 1 && endings.length === 0 ? flows.map((flow) => ({ ...flow, doubts })) : flows;
}

function isForTheSame(one: Packet, other: Packet): boolean {
  return one.destination === other.destination && one.destinationPorts === other.destinationPorts;
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
  flow: Flow,
  { surroundings, steps, passed, endings }: Walk,
): void {
  const policy = surroundings.ruleSet.get(chainKey(address))?.policy ?? 'ACCEPT';
  const by: Place = { address, text: policy };
  steps.push({
    place: by,
    answer: flow.doubts.length === 0 ? 'yes' : 'unknown',
    did: policy === 'DROP' ? 'dropped' : 'accepted',
  });
  if (policy === 'DROP') endings.push({ disposition: 'dropped', by, ...flow });
  else passed.push(flow);
}

/** What falls off the chain's end or is returned; absent where nothing can. */
function walkChain(address: ChainAddress, start: Flow, { walk, depth }: Depth): Flow | undefined {
  const { surroundings, steps, endings } = walk;
  if (depth > DEEPEST) {
    endings.push({ disposition: 'loop', ...start });
    return undefined;
  }
  let flow: Flow | undefined = start;
  let returned: Flow | undefined;
  const rules = surroundings.ruleSet.get(chainKey(address))?.rules ?? [];
  for (const [index, text] of rules.entries()) {
    if (flow === undefined) break;
    if (isSurelyElsewhere(text, flow.packet)) continue;
    const rule = surroundings.parse(text, address.family);
    const verdict = matchRule(rule, flow.packet, { table: address.table, surroundings });
    if (verdict.answer === 'no') continue;
    const place = { address, position: index + 1, text };
    const effect = effectOf(rule);
    steps.push({ place, answer: verdict.answer, did: effect.kind });
    const met = { flow, place, verdict };
    const next: Next = follow(effect, met, { walk, depth });
    flow = next.on;
    returned = join(returned, next.returned);
  }
  return join(returned, flow);
}

interface Met {
  readonly flow: Flow;
  readonly place: Place;
  readonly verdict: RuleAnswer;
}

interface Next {
  /** What goes on to the next rule. */
  readonly on?: Flow | undefined;
  /** What leaves the chain for where it was called from. */
  readonly returned?: Flow | undefined;
}

function follow(effect: Effect, { flow, place, verdict }: Met, { walk, depth }: Depth): Next {
  const unjudged = verdict.answer === 'unknown' ? verdict.unjudged : [];
  const isSure = verdict.answer === 'yes';
  const taken = isSure ? flow : withDoubt(flow, { place, unjudged });
  const passedBy = isSure ? undefined : taken;
  switch (effect.kind) {
    case 'pass':
      return { on: join(isSure ? undefined : flow, changed(flow, effect.change)) };
    case 'accepted':
      walk.passed.push(taken);
      return { on: passedBy };
    case 'translated':
      walk.passed.push(changed(taken, effect.change));
      return { on: passedBy };
    case 'dropped':
    case 'rejected':
      walk.endings.push({ disposition: effect.kind, by: place, ...taken });
      return { on: passedBy };
    case 'return':
      return { on: passedBy, returned: taken };
    case 'jump':
    case 'goto':
      return enter(effect, { flow, taken, place, isSure }, { walk, depth });
    case 'unknown': {
      const doubted = withDoubt(flow, { place, unjudged, why: effect.why });
      walk.endings.push({ disposition: 'unknown', by: place, ...doubted });
      return { on: doubted };
    }
  }
}

interface Entered {
  readonly flow: Flow;
  readonly taken: Flow;
  readonly place: Place;
  readonly isSure: boolean;
}

function enter(
  { kind, chain }: Extract<Effect, { kind: 'jump' | 'goto' }>,
  { flow, taken, place, isSure }: Entered,
  { walk, depth }: Depth,
): Next {
  const address = { ...place.address, chain };
  if (!walk.surroundings.ruleSet.has(chainKey(address))) {
    const why = `there is no chain ${chain}, and no target of that name is known`;
    return follow({ kind: 'unknown', why }, { flow, place, verdict: { answer: 'yes' } }, { walk, depth });
  }
  const [endings, passed] = [walk.endings.length, walk.passed.length];
  const left = walkChain(address, taken, { walk, depth: depth + 1 });
  if (kind === 'goto') return { on: isSure ? undefined : taken, returned: left };
  // Where nothing can end in there, it does not matter whether it was entered.
  const isIdle = walk.endings.length === endings && walk.passed.length === passed;
  if (isSure) return { on: left };
  return {
    on:
      isIdle && left !== undefined
        ? { ...flow, packet: joinPackets(flow.packet, left.packet) }
        : join(left, taken),
  };
}

function changed(flow: Flow, change: ((packet: Packet) => Packet) | undefined): Flow {
  return change === undefined ? flow : { ...flow, packet: change(flow.packet) };
}

function withDoubt(flow: Flow, doubt: Doubt): Flow {
  const key = placeKey(doubt.place);
  return flow.doubts.some(({ place }) => placeKey(place) === key)
    ? flow
    : { ...flow, doubts: [...flow.doubts, doubt] };
}

function join(one: Flow | undefined, other: Flow | undefined): Flow | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  if (one === other) return one;
  const doubts = other.doubts.reduce((flow, doubt) => withDoubt(flow, doubt), one).doubts;
  return { packet: joinPackets(one.packet, other.packet), doubts };
}
