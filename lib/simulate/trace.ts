// What a walk tells: the rules that a packet met, and how it may end. Used by traverse.ts, journey.ts and by who reads a trace.
import type { ChainAddress } from '../model/iptables';
import type { Packet } from './packet';
import type { Unjudged } from './match';

/** How a packet's way ends, as far as it is followed. */
export type Disposition = 'delivered' | 'sent' | 'forwarded' | 'dropped' | 'rejected' | 'loop' | 'unknown';

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
}

/** One rule that matched or may match, or a policy that decided. */
export interface Step {
  readonly place: Place;
  readonly answer: 'yes' | 'unknown';
  readonly did:
    'accepted' | 'dropped' | 'rejected' | 'return' | 'jump' | 'goto' | 'pass' | 'translated' | 'unknown';
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
}

/** All that was met, and all endings that are possible. */
export interface Trace {
  readonly steps: readonly Step[];
  readonly endings: readonly Ending[];
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
