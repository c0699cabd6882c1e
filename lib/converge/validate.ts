// From declared parts to the desired state, or an error with everything that is wrong with them; needs no host.
import type { Parts } from '../model/declaration';
import { InvalidInput } from '../model/errors';
import type { Scope } from '../model/scope';
import { parseParts } from '../syntax/parts';
import type { DesiredState } from './desired';
import { toDesired } from './desired';

/** Throws `InvalidInput`. `incomplete`: other parts are not known yet, so jumps into the unknown are let pass. */
export function desiredOf(scope: Scope, parts: Parts, incomplete = false): DesiredState {
  const { declared, problems } = parseParts(parts);
  const merged = toDesired(declared, scope, incomplete);
  const all = [...problems, ...merged.problems];
  if (all.length > 0) throw new InvalidInput(all);
  return merged.desired;
}
