// From declared parts to the desired state, or an error with everything that is wrong with them; needs no host.
import type { Parts } from '../model/declaration';
import { InvalidInput } from '../model/errors';
import type { Scope } from '../model/scope';
import { readAdopt } from './adopt';
import type { DesiredState } from './desired';
import { meaningOf } from './meaning';

/** What is said beside the parts. */
export interface Besides {
  /** Lines that stand for what exists already. @default - none */
  readonly adopt?: readonly string[] | undefined;
  /** Other parts are not known yet, so jumps into the unknown are let pass. @default false */
  readonly incomplete?: boolean;
}

/** Throws `InvalidInput`. */
export function desiredOf(
  scope: Scope,
  parts: Parts,
  { adopt = [], incomplete = false }: Besides = {},
): DesiredState {
  const { desired, problems, jumpsToNowhere } = meaningOf(scope, parts);
  const adopted = readAdopt(adopt, desired, incomplete);
  const all = [...problems, ...(incomplete ? [] : jumpsToNowhere()), ...adopted.problems];
  if (all.length > 0) throw new InvalidInput(all);
  return adopted.adopt.size === 0 ? desired : { ...desired, adopt: adopted.adopt };
}
