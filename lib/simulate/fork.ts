// One rule and the packets that come to it: which it takes, which pass it by, and which do both since that is in doubt. Used by traverse.ts.
import type { Rule } from '../model/rule';
import type { Answer } from './answer';
import type { Flow } from './flow';
import type { Look, Unjudged } from './match';
import { matchRule } from './match';
import type { Doubt, Place } from './trace';
import { turned } from './ways';

/** What one rule makes of all packets that come to it at once. */
export interface Fork {
  readonly place: Place;
  /** `yes` if it surely takes any of them. */
  readonly answer: Answer;
  /** All that came, as they came. */
  readonly tried: readonly Flow[];
  /** Those that the rule takes. */
  readonly taken: readonly Flow[];
  /** Those that it does not. */
  readonly passedBy: readonly Flow[];
}

/** Those that may be taken go on both ways, each with how the doubt turned out. */
export function forkFlows(flows: readonly Flow[], rule: Rule, at: RulePlace): Fork {
  const verdicts = judge(flows, rule, at);
  const doubtOf = sharedDoubts(at.place);
  const split = verdicts.map(({ flow, answer, unjudged }) => {
    if (answer !== 'unknown') return { yes: flow, no: flow, answer };
    const doubt = doubtOf(unjudged);
    return { yes: turn(flow, doubt, 'yes'), no: turn(flow, doubt, 'no'), answer };
  });
  const taken = split.filter(({ answer }) => answer !== 'no').map(({ yes }) => yes);
  const isSure = split.some(({ answer }) => answer === 'yes');
  return {
    place: at.place,
    answer: taken.length === 0 ? 'no' : isSure ? 'yes' : 'unknown',
    tried: flows,
    taken,
    passedBy: split.filter(({ answer }) => answer !== 'yes').map(({ no }) => no),
  };
}

/** Where what the target does is in doubt too: whatever may come into it may as well go on behind it. */
export function forkAll(
  flows: readonly Flow[],
  rule: Rule,
  { why, ...at }: RulePlace & { readonly why: string },
): { readonly into: readonly Flow[]; readonly past: readonly Flow[] } {
  const doubtOf = sharedDoubts(at.place, why);
  const verdicts = judge(flows, rule, at);
  const mayEnter = verdicts.filter(({ answer }) => answer !== 'no');
  const turns = mayEnter.map(({ flow, unjudged }) => ({ flow, doubt: doubtOf(unjudged) }));
  return {
    into: turns.map(({ flow, doubt }) => turn(flow, doubt, 'yes')),
    past: [
      ...verdicts.filter(({ answer }) => answer === 'no').map(({ flow }) => flow),
      ...turns.map(({ flow, doubt }) => turn(flow, doubt, 'no')),
    ],
  };
}

/** Where the rule stands, and what is known there. */
export interface RulePlace {
  readonly place: Place;
  readonly look: Look;
}

interface Verdict {
  readonly flow: Flow;
  readonly answer: Answer;
  readonly unjudged: readonly Unjudged[];
}

function judge(flows: readonly Flow[], rule: Rule, { look }: RulePlace): Verdict[] {
  return flows.map((flow) => ({ flow, unjudged: [], ...matchRule(rule, flow.packet, look) }));
}

/** One for all packets of which the same is not known: what does not matter then is known not to matter. */
function sharedDoubts(place: Place, why?: string): (unjudged: readonly Unjudged[]) => Doubt {
  const doubts: Doubt[] = [];
  return (unjudged) => {
    const isSame = (doubt: Doubt): boolean =>
      doubt.unjudged.length === unjudged.length &&
      doubt.unjudged.every(({ match }, index) => match === unjudged[index]?.match);
    const found = doubts.find(isSame);
    if (found !== undefined) return found;
    const isByChance = why === undefined && unjudged.every((each) => each.isByChance);
    const doubt: Doubt = { place, unjudged, isByChance, ...(why === undefined ? {} : { why }) };
    doubts.push(doubt);
    return doubt;
  };
}

function turn({ packet, ways }: Flow, doubt: Doubt, taken: 'yes' | 'no'): Flow {
  return { packet, ways: turned(ways, { doubt, taken }) };
}
