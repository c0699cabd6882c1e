// What a walk tells: what a packet met on its way, and how it may end. Used by traverse.ts, journey.ts and by who reads a trace.
import type { ChainAddress } from '../model/iptables';
import type { RealServerDeclaration, VirtualServerAddress } from '../model/ipvs';
import type { Unjudged } from './match';
import type { Packet } from './packet';
import type { Way } from './ways';

/** How a packet's way ends, as far as it is followed. */
export type Disposition =
  'delivered' | 'sent' | 'forwarded' | 'dropped' | 'rejected' | 'no-route' | 'loop' | 'unknown';

/** A rule of a chain, by its place from 1; the policy of a built-in chain has none. */
export interface Place {
  readonly address: ChainAddress;
  readonly position?: number;
  /** As iptables-save prints it behind `-A CHAIN `, or the policy. */
  readonly text: string;
}

/** A rule of which it could not be told whether it matches, or what it does. */
export interface Doubt {
  readonly place: Place;
  readonly unjudged: readonly Unjudged[];
  /** What the target does is what is not known. */
  readonly why?: string;
  /** Nothing is lacking: the kernel itself goes one way or the other, packet by packet. */
  readonly isByChance: boolean;
}

/** What a packet met, told apart by `kind`. */
export type Step = ChainStep | RoutingStep | VirtualServerStep;

/** One rule that matched or may match, or a policy that decided. */
export interface ChainStep {
  readonly kind: 'rule' | 'policy';
  readonly place: Place;
  readonly answer: 'yes' | 'unknown';
  readonly did:
    'accepted' | 'dropped' | 'rejected' | 'return' | 'jump' | 'goto' | 'pass' | 'translated' | 'unknown';
}

/** Where a packet goes from here: to the host itself, on by a device, or nowhere. */
export interface RoutingStep {
  readonly kind: 'routing';
  readonly to: 'host' | 'elsewhere' | 'nowhere' | 'unknown';
  readonly packet: Packet;
}

/** What IPVS did with a packet for one of its virtual servers. */
export interface VirtualServerStep {
  readonly kind: 'virtual-server';
  readonly server: VirtualServerAddress;
  /** Absent where there is none to take it. */
  readonly realServer?: RealServerDeclaration;
  readonly did: 'balanced' | 'rejected' | 'unknown';
}

/** One way in which it may end. */
export interface Ending {
  readonly disposition: Disposition;
  /** As it is then. */
  readonly packet: Packet;
  /** The rule or policy that decided; absent where none did. */
  readonly by?: Place;
  /** What would have to be known to tell whether it ends so. */
  readonly doubts: readonly Doubt[];
  /** How each of them must turn out for that, on each way that leads there. */
  readonly ways: readonly Way[];
  /** Why it is not known, where that is no doubt of a rule. */
  readonly why?: string;
}

/** All that was met, and all endings that are possible. */
export interface Trace {
  readonly steps: readonly Step[];
  readonly endings: readonly Ending[];
}

/** The rules and policies that were met. */
export function chainSteps({ steps }: Pick<Trace, 'steps'>): ChainStep[] {
  return steps.filter((step): step is ChainStep => step.kind === 'rule' || step.kind === 'policy');
}

/** How it surely ends, or `unknown`. */
export function dispositionOf({ endings }: Trace): Disposition {
  const [first, ...more] = new Set(endings.map(({ disposition }) => disposition));
  return first === undefined || more.length > 0 ? 'unknown' : first;
}

/** For maps: the same place in another reading of the same chains may have another position. */
export function placeKey({ address: { family, table, chain }, text }: Place): string {
  return [family, table, chain, text].join(' ');
}
