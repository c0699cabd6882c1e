// Apply refuses where what the scope owns is not what the plan was made on, and says by part and line what changed.
import type { Parts } from '../model/declaration';
import type { Wording } from './align';
import { align } from './align';
import { declaredOnly } from './declared';
import type { HostState, HostTarget } from './engine';
import { Refused } from './errors';
import type { Live } from './live';
import { meaningOf } from './meaning';
import type { Remembered } from './memory';
import { basisOf } from './memory';
import { refreshParts } from './refresh';

export interface PlannedOn {
  readonly remembered: Remembered | undefined;
  readonly prior: HostState;
  /** What the host says was last declared, if that is not what `prior` says. */
  readonly declared: Parts | undefined;
  readonly wording: Wording;
}

/** Foreign changes do not count. A plan without a basis (made with -refresh=false) cannot be checked and is let pass. */
export function changedSincePlan(
  target: HostTarget,
  live: Live,
  { remembered, prior, declared, wording }: PlannedOn,
): void {
  const basis = remembered?.basis;
  if (basis === undefined || basis === basisOf(target.scope, live)) return;
  const baseline = declared ?? declaredOnly(prior.parts);
  const { desired } = meaningOf(target.scope, baseline);
  const now = refreshParts(baseline, { desired, alignments: align(desired, live, wording), live });
  throw new Refused(
    'changed-since-plan',
    `${target.name}: what scope "${target.scope.name}" owns was changed since the plan was made\n${differences(prior.parts, now)}`,
    'plan again, look at what changed, and apply the new plan',
  );
}

function differences(before: Parts, now: Parts): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  const lines = names.flatMap((name) => {
    const gone = linesOnlyIn(before[name], now[name]).map((line) => `  - ${line}`);
    const come = linesOnlyIn(now[name], before[name]).map((line) => `  + ${line}`);
    return gone.length + come.length === 0 ? [] : [`part "${name}":`, ...gone, ...come];
  });
  return lines.length === 0
    ? 'the order of rules, or the memory on the host, is another one'
    : lines.join('\n');
}

function linesOnlyIn(text: string | undefined, other: string | undefined): string[] {
  const others = new Set((other ?? '').split('\n'));
  return (text ?? '').split('\n').filter((line) => line !== '' && !others.has(line));
}
