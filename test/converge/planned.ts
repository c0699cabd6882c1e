// The plan that an apply of a scenario would carry out, as a value. Used by tests that print it or break its steps one by one.
import { OUR_WORDING } from '../../lib/converge/align';
import { nothingDesired } from '../../lib/converge/desired';
import { diff } from '../../lib/converge/diff';
import type { HostPlan } from '../../lib/converge/plan';
import { planChanges } from '../../lib/converge/plan';
import { questionOf, toLive } from '../../lib/converge/read-live';
import { holdAndRelease } from '../../lib/converge/release';
import { desiredOf } from '../../lib/converge/validate';
import type { Parts } from '../../lib/model/declaration';
import type { Scenario } from './scenario';

/** Of an apply of `parts`; of a destroy where there are none. */
export async function planOf({ host, target, state }: Scenario, parts: Parts): Promise<HostPlan> {
  const isDestroy = Object.keys(parts).length === 0;
  const desired = isDestroy ? nothingDesired(target.scope) : desiredOf(target.scope, parts);
  const known = { parts: { ...state?.parts, ...parts }, remembered: undefined, desired };
  const { live } = toLive(await host.read(questionOf(target, known)), target, known);
  const { released } = holdAndRelease(desired, live);
  return planChanges(diff(desired, live, OUR_WORDING), released, { desired, live });
}
