// The steps that change links, addresses, routes and routing rules: what is new from the ground up, what goes in reverse. Used by the subsystem ip.
import type { EntryKind } from '../../model/entry';
import type { EntryChange } from '../change';
import { invert } from '../change';
import type { Step } from '../plan';
import type { PlannedSteps } from '../subsystem';
import { addLine, changeLines, removeLine } from './lines';

/** An address stands on a link, a route leans on an address, a rule leads to a route. */
const GROUND_UP: readonly { readonly name: string; readonly kinds: readonly EntryKind[] }[] = [
  { name: 'ip link', kinds: ['link', 'link-state'] },
  { name: 'ip addr', kinds: ['address'] },
  { name: 'ip route', kinds: ['route'] },
  { name: 'ip rule', kinds: ['routing-rule'] },
];

/** Additions and changes first, removals last. */
export function planIp(changes: readonly EntryChange[]): PlannedSteps {
  const steps = GROUND_UP.map(({ name, kinds }) => {
    const own = kinds.flatMap((kind) =>
      changes.filter(({ before, after }) => (after ?? before)?.kind === kind),
    );
    return {
      made: stepOf(
        name,
        own.filter(({ after }) => after !== undefined),
      ),
      gone: stepOf(name, own.filter(({ after }) => after === undefined).reverse()),
    };
  });
  return { first: steps.flatMap(({ made }) => made), last: steps.reverse().flatMap(({ gone }) => gone) };
}

function stepOf(name: string, changes: readonly EntryChange[]): Step[] {
  if (changes.length === 0) return [];
  return [
    {
      name,
      kind: 'ip',
      forward: printLines(changes),
      inverse: printLines([...changes].reverse().map(invert)),
      changes,
    },
  ];
}

function printLines(changes: readonly EntryChange[]): string {
  return changes
    .flatMap(linesOf)
    .map((line) => `${line}\n`)
    .join('');
}

function linesOf({ before, after }: EntryChange): readonly string[] {
  if (after === undefined) return before === undefined ? [] : [removeLine(before)];
  return before === undefined ? [addLine(after)] : changeLines(before, after);
}
