// One rule and the packets that come to it: which it takes, which pass it by, and which do both since that is in doubt. Used by traverse.ts.
import type { Rule } from '../model/rule';
import type { Answer } from './answer';
import type { Flow } from './flow';
import type { Look, Unjudged } from './match';
import { matchRule } from './match';
import type { Doubt, Place } from './trace';
import { turned } from './ways';

/** What one rule makes of all packets that come to it at once. */
export class Fork {
  readonly place: Place;
  /** All that came, as they came. */
  readonly tried: Flow[] = [];
  /** Those that the rule takes. */
  readonly taken: Flow[] = [];
  /** Those that it does not. */
  readonly passedBy: Flow[] = [];
  private readonly doubts: Doubt[] = [];
  private isSure = false;
  private readonly untouched: Flow[] = [];
  private readonly mayTake: { readonly flow: Flow; readonly unjudged: readonly Unjudged[] }[] = [];

  constructor(place: Place) {
    this.place = place;
  }

  /** `yes` if it surely takes any of them. */
  get answer(): Answer {
    return this.taken.length === 0 ? 'no' : this.isSure ? 'yes' : 'unknown';
  }

  /** One packet comes. */
  try(flow: Flow, rule: Rule, look: Look): void {
    const verdict = matchRule(rule, flow.packet, look);
    this.tried.push(flow);
    if (verdict.answer === 'unknown') {
      const doubt = this.doubt(verdict.unjudged);
      this.taken.push(turn(flow, doubt, 'yes'));
      this.passedBy.push(turn(flow, doubt, 'no'));
      this.mayTake.push({ flow, unjudged: verdict.unjudged });
    } else if (verdict.answer === 'yes') {
      this.isSure = true;
      this.taken.push(flow);
      this.mayTake.push({ flow, unjudged: [] });
    } else {
      this.passedBy.push(flow);
      this.untouched.push(flow);
    }
  }

  /** What the target does is in doubt too: whatever may come into it may as well go on behind it. */
  doubtAll(why: string): { readonly into: readonly Flow[]; readonly past: readonly Flow[] } {
    const turns = this.mayTake.map(({ flow, unjudged }) => ({ flow, doubt: this.doubt(unjudged, why) }));
    return {
      into: turns.map(({ flow, doubt }) => turn(flow, doubt, 'yes')),
      past: [...this.untouched, ...turns.map(({ flow, doubt }) => turn(flow, doubt, 'no'))],
    };
  }

  /** The same for all packets of which the same is not known: what does not matter then is known not to matter. */
  private doubt(unjudged: readonly Unjudged[], why?: string): Doubt {
    const found = this.doubts.find(
      (doubt) =>
        doubt.why === why &&
        doubt.unjudged.length === unjudged.length &&
        doubt.unjudged.every(({ match }, index) => match === unjudged[index]?.match),
    );
    if (found !== undefined) return found;
    const isByChance = why === undefined && unjudged.every((each) => each.isByChance);
    const doubt = { place: this.place, unjudged, isByChance, ...(why === undefined ? {} : { why }) };
    this.doubts.push(doubt);
    return doubt;
  }
}

function turn({ packet, ways }: Flow, doubt: Doubt, taken: 'yes' | 'no'): Flow {
  return { packet, ways: turned(ways, { doubt, taken }) };
}
