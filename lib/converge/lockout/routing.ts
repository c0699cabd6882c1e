// Routing rules that answers to a visitor may meet: what they lead to is not followed, so a line that may matter is named. Used by reach.ts.
import type { RoutingRuleDeclaration } from '../../model/ip';
import { isWithin, parseAddresses } from '../../simulate/addresses';
import type { Answer } from '../../simulate/answer';
import { all, known } from '../../simulate/answer';
import { chainSteps } from '../../simulate/trace';
import type { EntryChange } from '../change';
import { declarationOf } from '../ip/lines';
import type { Blame, Ground } from './blame';
import { blame } from './blame';
import type { CameBy } from './came-by';
import type { Finding } from './finding';
import type { Walked } from './judge';
import { answerMark } from './judge';
import type { Reach } from './reach';
import { entryBlame } from './reach';
import type { Visitor } from './visitors';
import { visitorName } from './visitors';

/** A rule that comes, goes or changes and may match the answers; or a mark on them that rules of routing may ask for. */
export function routingFindings({ cameBy, before, changes, walked }: Reach, ground: Ground): Finding[] {
  const rules = changes.filter(
    (change): change is EntryChange =>
      change.kind === 'entry' && (change.after ?? change.before)?.kind === 'routing-rule',
  );
  return walked.flatMap(({ visitor, walks }) => {
    const mark = answerMark(walks, 'after');
    const rule = rules.find((change) => mayMatch(change, { visitor, cameBy, mark }));
    if (rule !== undefined)
      return [doubtful(visitor, 'a rule of routing may send them another way', entryBlame(rule, ground))];
    if (mark === answerMark(walks, 'before') || mark === 0) return [];
    const areRead = [...before.values()].some(({ kind }) => kind === 'routing-rule');
    const isAsked = [...before.values()].some(
      (entry) => entry.kind === 'routing-rule' && /\bfwmark\b/.test(entry.line),
    );
    return areRead && !isAsked ? [] : [doubtful(visitor, MARKED, markBlame(walks, ground))];
  });
}

const MARKED = 'they would carry a mark, and rules of routing that ask for marks may send them another way';

interface Answered {
  readonly visitor: Visitor;
  readonly cameBy: CameBy;
  readonly mark: number | 'unknown';
}

function mayMatch({ before, after }: EntryChange, answered: Answered): boolean {
  return [before, after].some((entry) => {
    const rule = entry === undefined ? undefined : declarationOf(entry);
    return (
      rule?.kind === 'routing-rule' &&
      rule.family === answered.visitor.family &&
      matches(rule, answered) !== 'no'
    );
  });
}

function matches({ selectors, negated }: RoutingRuleDeclaration, answered: Answered): Answer {
  const answers = selectors.map((selector) => selects(selector, answered));
  return negated === true ? 'unknown' : all(answers);
}

function selects(
  { name, value }: RoutingRuleDeclaration['selectors'][number],
  { visitor, cameBy, mark }: Answered,
): Answer {
  if (name === 'from' || name === 'to') {
    const named = value === 'all' ? undefined : parseAddresses(value, visitor.family);
    const end = name === 'to' ? visitor.addresses : parseAddresses(cameBy.server, visitor.family);
    return named === undefined || end === undefined ? 'unknown' : isWithin(end, named);
  }
  if (name !== 'fwmark' || mark === 'unknown') return 'unknown';
  const [wanted = 0, mask = 0xffffffff] = value.split('/').map(Number);
  return known((mark & mask) >>> 0 === wanted >>> 0);
}

function doubtful(visitor: Visitor, why: string, culprit: Blame | undefined): Finding {
  return {
    kind: 'doubt',
    summary: `it cannot be told whether ${visitorName(visitor)} gets its answers`,
    lines: [why],
    ...(culprit === undefined ? {} : { blame: culprit }),
    fix: 'make sure that this way leads there',
  };
}

/** The rule that gives the mark is the first that the answer newly meets. */
function markBlame(walks: readonly Walked[], ground: Ground): Blame | undefined {
  const steps = walks.filter(({ leg }) => leg.way === 'leave').flatMap(({ after }) => chainSteps(after));
  const come = steps.find(({ place, did }) => did === 'pass' && !stood(place.text, ground));
  return come === undefined ? undefined : blame('new', come.place, ground);
}

function stood(text: string, { live }: Ground): boolean {
  return [...live.chains.values()].some(({ rules }) => rules.includes(text));
}
