// The plan of one host: is there anything to change, may it be changed, and does the host's kernel take it.
import type { Parts } from '../model/declaration';
import { OUR_WORDING } from './align';
import { backendNotes } from './backends';
import { checkCreate, checkEntries, checkHost, checkIdentity } from './check-host';
import { conntrackNotes } from './conntrack/conntrack-notes';
import { declaredOnly, partsDigest } from './declared';
import { nothingDesired } from './desired';
import { isNothingToChange } from './diff';
import { adoptNotes } from './entries/adopted';
import type { HostState, HostTarget, Memory, Note, Planned, PlanRequest } from './engine';
import type { Host } from './host';
import { udpNotes } from './ipvs/udp-notes';
import { checkLockout } from './lockout/check-lockout';
import { isSameText, meaningOf } from './meaning';
import { isOnHost, parseMemory } from './memory';
import { modulesOf } from './modules';
import { manifestLost, notKnownYet, notOurs, otherIdThan, recovered, takenOver } from './notes';
import { prove } from './proof';
import type { Known, LiveReading } from './read-live';
import { readLive, seenAgain } from './read-live';
import { withoutReplaced } from './replaced';
import { sameMeaning } from './same-meaning';
import { SUBSYSTEMS } from './subsystems';
import type { OpenHost } from './transact-host';
import { unproved } from './unproved';
import { desiredOf } from './validate';

/** Changes nothing on the host. No I/O where the declared text is what the host has. */
export async function planHost(
  openHost: OpenHost,
  target: HostTarget,
  request: PlanRequest,
): Promise<Planned> {
  const { prior, parts, unknownParts, moved, memory } = request;
  const incomplete = unknownParts.length > 0;
  const desired = desiredOf(target.scope, parts, { adopt: target.adopt, incomplete });
  if (prior !== undefined && !moved && !incomplete && isAsDeclared(prior.parts, parts)) {
    return { wording: 'prior', notes: [] };
  }
  const host = await openHost();
  const remembered = parseMemory(memory);
  // Terraform plans a replacement as a create, and hands on what was remembered of that which goes first.
  const replaced = prior === undefined ? remembered?.owned : undefined;
  const known = {
    ...{ parts: prior?.parts ?? {}, desired, hostAlone: moved, replaced },
    ...(prior && { remembered, prepare: () => meaningOf(target.scope, declaredOnly(prior.parts)) }),
  };
  const {
    live: found,
    isManifestLost,
    hasRecovered,
  } = lookedAt(target, request, known) ?? (await readLive(host, target, known));
  const live = replaced === undefined ? found : withoutReplaced(found, replaced);
  checkIdentity(target, live, request);
  checkEntries({ desired, live, incomplete });
  const { wording, notes } = await prove(host, unproved(desired, live));
  checkHost(target, { desired, live, wording, incomplete });
  // What is not known yet may be what lets somebody in: then the apply looks.
  const lockout = incomplete
    ? []
    : checkLockout(target, { desired, live, wording, priorParts: prior?.parts ?? {} });
  const isClean = !incomplete && isNothingToChange(desired, live, wording);
  if (prior === undefined) checkCreate(target, live, isClean);
  const isTakenOver = prior === undefined && isClean && isOnHost(target.scope, live);
  const isSame = isClean && (await sameMeaning(host, target, { prior: prior?.parts, parts, wording }));
  return {
    wording: isSame ? 'prior' : 'declared',
    proof: { of: partsDigest(parts), wording, notes },
    notes: [
      ...notes,
      ...lockout,
      ...SUBSYSTEMS.flatMap((subsystem) => subsystem.notes(desired, live, target)),
      ...backendNotes(target, live),
      // Parts that are not known yet would count as going.
      ...(incomplete
        ? []
        : [...conntrackNotes(target, { desired, live, wording }), ...udpNotes(desired, live)]),
      ...adoptNotes(desired, live, target),
      ...(isManifestLost ? [manifestLost(target)] : []),
      ...(hasRecovered ? [recovered(target)] : []),
      ...(isTakenOver ? [takenOver(target)] : []),
      ...(incomplete ? [notKnownYet(unknownParts)] : []),
    ],
  };
}

/** What the plan's own refresh saw of the host a moment ago, where that answers everything. */
function lookedAt(
  target: HostTarget,
  { look, prior, moved }: PlanRequest,
  known: Known,
): LiveReading | undefined {
  if (look === undefined || prior === undefined || moved) return undefined;
  // Modules that what was found needs are loaded already.
  const loaded = new Set(modulesOf(meaningOf(target.scope, declaredOnly(prior.parts)).desired).keys());
  const seen = seenAgain(look, target, { ...known, loaded });
  // The refresh has told of a host that had taken back an apply.
  return seen && { ...seen, hasRecovered: false };
}

/** Refuses where chains that would go are used by others. */
export async function planDestroyHost(
  host: Host,
  target: HostTarget,
  { prior, memory }: { prior: HostState; memory: Memory | undefined },
): Promise<readonly Note[]> {
  const { live, isManifestLost } = await readLive(host, target, {
    parts: prior.parts,
    remembered: parseMemory(memory),
  });
  const id = otherIdThan(prior, target.scope, live);
  if (id !== undefined) return [notOurs(target, { id, prior })];
  const desired = nothingDesired(target.scope);
  checkHost(target, { desired, live, wording: OUR_WORDING });
  const lockout = checkLockout(target, { desired, live, wording: OUR_WORDING, priorParts: prior.parts });
  return [
    ...lockout,
    ...conntrackNotes(target, { desired, live, wording: OUR_WORDING }),
    ...(isManifestLost ? [manifestLost(target)] : []),
  ];
}

function isAsDeclared(prior: Parts, parts: Parts): boolean {
  return !Object.keys(prior).some((name) => name.startsWith('~')) && isSameText(prior, parts);
}
