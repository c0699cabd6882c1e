// May this host be changed as declared? What is found wrong is thrown, with nothing touched. Used by plan, apply and destroy.
import { InvalidInput } from '../model/errors';
import type { Wording } from './align';
import { align } from './align';
import { checkRemovals, hostProblems } from './check';
import type { DesiredState } from './desired';
import type { HostState, HostTarget } from './engine';
import { checkSharedContainers, entryProblems } from './entries/check-entries';
import { Refused } from './errors';
import type { Live } from './live';
import { isOnHost } from './memory';

export interface Check {
  readonly desired: DesiredState;
  readonly live: Live;
  readonly wording: Wording;
  /** Other parts are not known yet: what only they could tell is let pass. */
  readonly incomplete?: boolean;
}

/** What a proof could only say in the tools' words: it is looked at before one. Throws `InvalidInput` or `Refused`. */
export function checkEntries({ desired, live, incomplete = false }: Omit<Check, 'wording'>): void {
  const problems = incomplete ? [] : entryProblems(desired, live);
  if (problems.length > 0) throw new InvalidInput(problems);
}

/** Everything that can be told of desired and live: `InvalidInput` or `Refused`. */
export function checkHost(target: HostTarget, { desired, live, wording, incomplete = false }: Check): void {
  checkEntries({ desired, live, incomplete });
  const alignments = align(desired, live, wording);
  const problems = hostProblems({ desired, live, incomplete }, alignments);
  if (problems.length > 0) throw new InvalidInput(problems);
  if (incomplete) return;
  checkRemovals(target, live, alignments);
  checkSharedContainers(target, desired, live);
}

/** A create goes on where the host has nothing of the scope, or just what is declared (an apply that was cut off). */
export function checkCreate(target: HostTarget, live: Live, isClean: boolean): void {
  if (isClean || !isOnHost(target.scope, live)) return;
  const { name } = target.scope;
  throw new Refused(
    'already-on-host',
    `${target.name}: scope "${name}" is on this host already, and differs from what is declared`,
    `take it into the state first: terraform import gatewright_host.NAME '${name}@${target.name}'\n` +
      `(with cdktf, in the stack's folder below cdktf.out/stacks), or choose another scope and chain_prefix`,
  );
}

/** Where address or port changed, the host that is reached must be the one in the state. */
export function checkIdentity(
  target: HostTarget,
  live: Live,
  { prior, moved }: { readonly prior?: HostState; readonly moved: boolean },
): void {
  if (prior?.id === undefined) return;
  const id = live.manifest.scopes[target.scope.name]?.id;
  if (id === prior.id || (id === undefined && !moved)) return;
  throw new Refused(
    'other-host',
    `${target.name}: this is not the host in the state: scope "${target.scope.name}" has id ${id ?? 'none'} there, the state says ${prior.id}`,
    'correct the address; or, if the host was replaced, remove it from the state (terraform state rm) and apply or import anew',
  );
}
