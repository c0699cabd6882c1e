// The plan of one host: is there anything to change, may it be changed, and does the host's kernel take it.
import { InvalidInput } from '../model/errors';
import type { Parts } from '../model/declaration';
import type { Wording } from './align';
import { align } from './align';
import { checkPrefix, checkRemovals, hostProblems } from './check';
import { partsDigest } from './declared';
import type { DesiredState } from './desired';
import { nothingDesired } from './desired';
import { diff } from './diff';
import type { HostState, HostTarget, Note, Planned, PlanRequest } from './engine';
import { Refused } from './errors';
import type { Host } from './host';
import type { Live } from './live';
import { isOnHost } from './memory';
import { prove } from './proof';
import { questionOf, readLive } from './read-live';
import { holdAndRelease } from './release';
import { sameMeaning } from './same-meaning';
import { desiredOf } from './validate';

/** Changes nothing on the host. No I/O where the declared text is what the host has. */
export async function planHost(
  hostOf: () => Promise<Host>,
  target: HostTarget,
  request: PlanRequest,
): Promise<Planned> {
  const { prior, parts, unknownParts, moved } = request;
  const desired = desiredOf(target.scope, parts, unknownParts.length > 0);
  if (prior !== undefined && !moved && unknownParts.length === 0 && isSameText(prior.parts, parts)) {
    return { wording: 'prior', notes: [] };
  }
  const host = await hostOf();
  const known = { ...(prior?.parts ?? {}), ...parts };
  const { live } = await readLive(host, target, questionOf(target, known));
  checkIdentity(target, live, request);
  checkHost(target, desired, live);
  const { wording, notes } = await prove(host, desired);
  const isClean = unknownParts.length === 0 && isNothingToChange(desired, live, wording);
  if (prior === undefined) checkCreate(target, live, isClean);
  const isSame =
    isClean &&
    prior !== undefined &&
    (await sameMeaning(host, target, { prior: prior.parts, parts, wording }));
  return {
    wording: isSame ? 'prior' : 'declared',
    notes: [...notes, ...takeover(target, live, { prior, isClean }), ...notKnownYet(unknownParts)],
  };
}

/** Refuses where chains that would go are used by others. */
export async function planDestroyHost(
  host: Host,
  target: HostTarget,
  prior: HostState,
): Promise<readonly Note[]> {
  const { live } = await readLive(host, target, questionOf(target, prior.parts));
  checkRemovals(target, live, align(nothingDesired(target.scope), live));
  return [];
}

/** Everything that can be told of desired and live without loading anything: `InvalidInput` or `Refused`. */
export function checkHost(target: HostTarget, desired: DesiredState, live: Live): void {
  const alignments = align(desired, live);
  const problems = hostProblems(desired, live, alignments);
  if (problems.length > 0) throw new InvalidInput(problems);
  checkPrefix(target, live);
  checkRemovals(target, live, alignments);
}

/** True if a transaction would have no step. */
export function isNothingToChange(desired: DesiredState, live: Live, wording: Wording): boolean {
  return diff(desired, live, wording).length === 0 && holdAndRelease(desired, live).released.length === 0;
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
  { prior, moved }: PlanRequest | MovedHost,
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

interface MovedHost {
  readonly prior?: HostState;
  readonly moved: boolean;
}

function isSameText(prior: Parts, parts: Parts): boolean {
  return (
    !Object.keys(prior).some((name) => name.startsWith('~')) && partsDigest(prior) === partsDigest(parts)
  );
}

function takeover(
  target: HostTarget,
  live: Live,
  { prior, isClean }: { prior: HostState | undefined; isClean: boolean },
): Note[] {
  if (prior !== undefined || !isClean || !isOnHost(target.scope, live)) return [];
  return [
    {
      summary: `${target.name} holds all of this already`,
      detail:
        'An earlier apply did not get to report. The plan shows a create; applying it changes no rule on the host.',
    },
  ];
}

function notKnownYet(unknownParts: readonly string[]): Note[] {
  if (unknownParts.length === 0) return [];
  return [
    {
      summary: 'Some parts are known only at apply',
      detail: `These were neither checked nor proved: ${unknownParts.join(', ')}`,
      attribute: 'parts',
    },
  ];
}
