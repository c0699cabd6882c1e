// What may become of a packet, each way once, by whatever rules it comes to that. Used by tests, and by who asks for certainty.
import { printPlace } from './print-trace';
import type { Ends, Packet } from './packet';
import type { Disposition, Doubt, Ending, Place, Trace } from './trace';
import { doubtsOf, simplified } from './ways';

/** One end that a packet may come to. */
export interface Outcome {
  readonly disposition: Disposition;
  /** As it is then: where it went after DNAT, and where it seems to come from. Of one that was stopped, as it was there. */
  readonly packet: Packet;
  /** How its source was translated, and by which rule; absent where it was not. */
  readonly sourceTranslation?: Packet['sourceTranslation'];
  /** The rules and policies that decided. */
  readonly by: readonly Place[];
  /** What would have to be known to tell whether it may come to that. None where it surely may, if only by chance. */
  readonly unknowns: readonly Doubt[];
  /** Why it is not known, where that is no doubt of a rule. */
  readonly why?: string;
}

/** All of them, in the order in which they are met. */
export function outcomesOf({ endings }: Pick<Trace, 'endings'>): readonly Outcome[] {
  const alike = new Map<string, [Ending, ...Ending[]]>();
  for (const ending of endings) {
    const key = endingKey(ending);
    const those = alike.get(key);
    if (those === undefined) alike.set(key, [ending]);
    else those.push(ending);
  }
  return [...alike.values()].map(toOutcome);
}

/** A walk that hangs on what is not known. */
export class NotKnown extends Error {
  readonly code = 'not-known';
  readonly outcomes: readonly Outcome[];

  constructor(outcomes: readonly Outcome[]) {
    super(
      `what becomes of the packet is not known:\n${[...new Set(outcomes.flatMap(reasonsOf))].join('\n')}`,
    );
    this.name = 'NotKnown';
    this.outcomes = outcomes;
  }
}

/** All that it may come to, where nothing but chance decides. Throws `NotKnown`. */
export function sureOutcomesOf(trace: Pick<Trace, 'endings'>): readonly Outcome[] {
  const outcomes = outcomesOf(trace);
  const notKnown = outcomes.filter((each) => each.disposition === 'unknown' || each.unknowns.length > 0);
  if (notKnown.length > 0) throw new NotKnown(notKnown);
  return outcomes;
}

/** Stopped packets are alike wherever they were going. */
function endingKey({ disposition, packet, why = '' }: Ending): string {
  const goesOn = GOES_ON.includes(disposition);
  return [
    disposition,
    why,
    goesOn ? endsKey(packet) : '',
    goesOn ? (packet.sourceTranslation?.kind ?? '') : '',
  ].join('|');
}

const GOES_ON: readonly Disposition[] = ['delivered', 'sent', 'forwarded'];

function endsKey({ source, destination, sourcePorts, destinationPorts }: Ends): string {
  const addresses = [source, destination].map(({ bits, mask }) => `${bits}/${mask}`);
  return [...addresses, ...[sourcePorts, destinationPorts].map(({ first, last }) => `${first}-${last}`)].join(
    ' ',
  );
}

function toOutcome([first, ...more]: readonly [Ending, ...Ending[]]): Outcome {
  const all = [first, ...more];
  const { disposition, packet, why } = first;
  const ways = simplified(all.flatMap((ending) => ending.ways));
  // One way on which nothing but chance decides is enough.
  const isSure = ways.some((way) => way.every(({ doubt }) => doubt.isByChance));
  const by = new Map(
    all.flatMap((ending) => (ending.by === undefined ? [] : [[printPlace(ending.by), ending.by]])),
  );
  return {
    disposition,
    packet,
    ...(packet.sourceTranslation === undefined ? {} : { sourceTranslation: packet.sourceTranslation }),
    by: [...by.values()],
    unknowns: isSure ? [] : doubtsOf(ways).filter(({ isByChance }) => !isByChance),
    ...(why === undefined ? {} : { why }),
  };
}

function reasonsOf({ disposition, unknowns, why }: Outcome): string[] {
  const reasons = unknowns.flatMap(({ place, unjudged, why: what }) => [
    ...unjudged.map((each) => `${printPlace(place)}: ${each.why}`),
    ...(what === undefined ? [] : [`${printPlace(place)}: ${what}`]),
  ]);
  return (why === undefined ? reasons : [...reasons, why]).map(
    (reason) => `perhaps ${disposition}: ${reason}`,
  );
}
