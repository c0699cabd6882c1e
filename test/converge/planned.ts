// The plan that an apply would carry out, as a value. Used by tests that print it or break its steps one by one.
import { OUR_WORDING } from '../../lib/converge/align';
import type { Change } from '../../lib/converge/change';
import type { DesiredState } from '../../lib/converge/desired';
import { nothingDesired } from '../../lib/converge/desired';
import { diff } from '../../lib/converge/diff';
import type { HostState, HostTarget } from '../../lib/converge/engine';
import type { Host, Question } from '../../lib/converge/host';
import type { Live } from '../../lib/converge/live';
import type { HostPlan } from '../../lib/converge/plan';
import { planChanges } from '../../lib/converge/plan';
import { questionOf, toLive } from '../../lib/converge/read-live';
import { holdAndRelease } from '../../lib/converge/release';
import { desiredOf } from '../../lib/converge/validate';
import type { Parts } from '../../lib/model/declaration';

/** A host, and what its scope declared last. */
export interface Planning {
  readonly host: Host;
  readonly target: HostTarget;
  readonly state: HostState | undefined;
}

export interface PlannedParts {
  readonly question: Question;
  readonly desired: DesiredState;
  readonly live: Live;
  readonly changes: readonly Change[];
  readonly plan: HostPlan;
}

/** Of an apply of `parts`; of a destroy where there are none. */
export async function plannedParts({ host, target, state }: Planning, parts: Parts): Promise<PlannedParts> {
  const isDestroy = Object.keys(parts).length === 0;
  const desired = isDestroy ? nothingDesired(target.scope) : desiredOf(target.scope, parts);
  const known = { parts: { ...state?.parts, ...parts }, remembered: undefined, desired };
  const question = questionOf(target, known);
  const { live } = toLive(await host.read(question), target, known);
  const { released } = holdAndRelease(desired, live);
  const changes = diff(desired, live, OUR_WORDING);
  const plan = planChanges(changes, released, { desired, live });
  return { question, desired, live, changes: [...changes, ...released], plan };
}

export async function planOf(planning: Planning, parts: Parts): Promise<HostPlan> {
  return (await plannedParts(planning, parts)).plan;
}
