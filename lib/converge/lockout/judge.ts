// Does a visitor get in: each packet of a new connection walks the chains before and after the apply. Used by check-lockout.ts.
import type { PortRange } from '../../model/rule';
import { arrive, leave } from '../../simulate/journey';
import type { Surroundings } from '../../simulate/rule-set';
import type { Doubt, Ending, Trace } from '../../simulate/trace';
import { placeKey } from '../../simulate/trace';
import type { Leg } from './visitors';

/** One packet before and after. */
export interface Walked {
  readonly leg: Leg;
  readonly before: Trace;
  readonly after: Trace;
}

/** What becomes of a visitor, by the first packet that decides it. */
export type Judgement =
  | { readonly kind: 'in' }
  /** Surely not in; `was`: by the same reckoning not before either, so the reckoning is wrong or the apply changes nothing. */
  | { readonly kind: 'out'; readonly was: 'in' | 'out'; readonly walked: Walked; readonly ending: Ending }
  /** It hangs on what cannot be told, and did not before. */
  | {
      readonly kind: 'unknown';
      readonly walked: Walked;
      readonly ending: Ending;
      readonly doubts: readonly Doubt[];
    };

/** The host before and after the apply. */
export interface Sides {
  readonly before: Surroundings;
  readonly after: Surroundings;
}

/** All packets of the visitor's try. */
export function walkLegs(legs: readonly Leg[], { before, after }: Sides): Walked[] {
  const walks = [walkSide(legs, before), walkSide(legs, after)] as const;
  return legs.flatMap((leg, index) => {
    const [was, is] = [walks[0][index], walks[1][index]];
    return was === undefined || is === undefined ? [] : [{ leg, before: was, after: is }];
  });
}

/** Where the first packet is not tracked, connection tracking does not know those that follow as it would otherwise. */
function walkSide(legs: readonly Leg[], surroundings: Surroundings): Trace[] {
  let isTracked = true;
  return legs.map((leg) => {
    const { packet } = leg;
    const trace = walk(isTracked ? leg : { ...leg, packet: { ...packet, ctstate: 'unknown' } }, surroundings);
    if (packet.ctstate === 'NEW' && trace.endings.some((ending) => ending.packet.ctstate !== 'NEW'))
      isTracked = false;
    return trace;
  });
}

/** A packet that surely ends badly decides; of what cannot be told, what is new. */
export function judge(walks: readonly Walked[], port: number): Judgement {
  const wasOut = walks.some(({ before }) => isOut(before, port));
  for (const walked of walks) {
    const [ending] = walked.after.endings;
    if (ending !== undefined && isOut(walked.after, port)) {
      return { kind: 'out', was: wasOut ? 'out' : 'in', walked, ending };
    }
  }
  for (const walked of walks) {
    const known = new Set(badEndings(walked.before, port).flatMap(keysOf));
    const fresh = badEndings(walked.after, port).filter((each) =>
      keysOf(each).some((key) => !known.has(key)),
    );
    const [ending] = fresh;
    if (ending === undefined) continue;
    const doubts = ending.doubts.filter(({ place }) => !known.has(placeKey(place)));
    return { kind: 'unknown', walked, ending, doubts: doubts.length > 0 ? doubts : ending.doubts };
  }
  return { kind: 'in' };
}

/** The mark with which answers leave; absent where it cannot be told, or may be one of several. */
export function answerMark(walks: readonly Walked[], side: keyof Sides): number | 'unknown' {
  const marks = new Set(
    walks
      .filter(({ leg }) => leg.way === 'leave')
      .flatMap((walked) => walked[side].endings.filter(({ disposition }) => disposition === 'sent'))
      .map(({ packet }) => packet.mark),
  );
  const [mark = 0, ...more] = marks;
  return more.length === 0 ? mark : 'unknown';
}

function walk({ way, packet }: Leg, surroundings: Surroundings): Trace {
  return way === 'arrive' ? arrive(packet, surroundings) : leave(packet, surroundings);
}

function isOut({ endings }: Trace, port: number): boolean {
  return endings.length > 0 && endings.every((ending) => fate(ending, port) === 'bad');
}

function badEndings({ endings }: Trace, port: number): readonly Ending[] {
  return endings.filter((ending) => fate(ending, port) !== 'good');
}

function fate({ disposition, packet }: Ending, port: number): 'good' | 'bad' | 'unknown' {
  switch (disposition) {
    case 'sent':
      return 'good';
    case 'delivered':
      return packet.isDestinationTranslated === true && !isIn(port, packet.destinationPorts) ? 'bad' : 'good';
    case 'dropped':
    case 'rejected':
    case 'forwarded':
    case 'no-route':
    case 'loop':
      return 'bad';
    case 'unknown':
      return 'unknown';
  }
}

function isIn(port: number, { first, last }: PortRange): boolean {
  return port >= first && port <= last;
}

/** By what it is told from the endings of another reading. */
function keysOf({ by, doubts }: Ending): readonly string[] {
  return [...doubts.map(({ place }) => placeKey(place)), ...(by === undefined ? [] : [placeKey(by)])];
}
