// Apply and destroy of one host: prove, decide under the host's lock, run one transaction, remember. Used by the engine.
import { randomUUID } from 'node:crypto';
import type { Wording } from './align';
import { OUR_WORDING } from './align';
import { changedSincePlan } from './changed-since-plan';
import { checkCreate, checkHost, checkIdentity } from './check-host';
import { partsDigest, printRecordFile } from './declared';
import type { DesiredState } from './desired';
import { nothingDesired } from './desired';
import { diff, isNothingToChange } from './diff';
import type { Applied, ApplyRequest, HostState, HostTarget, Memory, Note } from './engine';
import { expectationOf } from './expectation';
import type { Transaction } from './host';
import type { Live } from './live';
import type { Manifest } from './manifest';
import { printManifest } from './manifest';
import { ownedBy, parseMemory, printMemory } from './memory';
import type { KeptScope } from './next-memory';
import { nextManifest } from './next-memory';
import { manifestLost, notOurs, otherIdThan } from './notes';
import { planChanges } from './plan';
import { prove } from './proof';
import { holdAndRelease } from './release';
import type { OpenHost } from './transact-host';
import { transactHost } from './transact-host';
import { desiredOf } from './validate';

/** Throws `InvalidInput` or `Refused` with nothing touched, or `ApplyFailed` with everything undone. */
export async function applyHost(
  openHost: OpenHost,
  target: HostTarget,
  request: ApplyRequest & { readonly signal: AbortSignal },
): Promise<Applied> {
  const { prior, parts, memory, moved, settings, signal } = request;
  const desired = desiredOf(target.scope, parts);
  const { wording, notes } = await prove(await openHost(), desired);
  const remembered = parseMemory(memory);
  const said: Note[] = [...notes];
  let kept: KeptScope = { id: prior?.id ?? randomUUID(), parts, settings };
  let manifest: Manifest | undefined;
  await transactHost(openHost, target, {
    known: { parts: prior?.parts ?? {}, remembered, desired, hostAlone: moved },
    decide: ({ live, declared, isManifestLost }) => {
      checkIdentity(target, live, request);
      checkHost(target, { desired, live, wording });
      if (prior === undefined) checkCreate(target, live, isNothingToChange(desired, live, wording));
      else changedSincePlan(target, live, { remembered, prior, declared: declared?.parts, wording });
      if (isManifestLost) said.push(manifestLost(target));
      kept = { ...kept, id: live.manifest.scopes[target.scope.name]?.id ?? kept.id };
      const decided = transactionOf({ desired, live, wording }, kept);
      manifest = decided.manifest;
      return decided.transaction;
    },
    isReached: ({ live }) =>
      live.manifest.scopes[target.scope.name]?.declaredDigest === partsDigest(parts) &&
      isNothingToChange(desired, live, wording),
    signal,
  });
  const owned = manifest === undefined ? undefined : ownedBy(target.scope, manifest);
  return {
    state: { id: kept.id, parts },
    memory: printMemory({ version: 1, ...(owned === undefined ? {} : { owned }) }),
    notes: said,
  };
}

/** Removes what the scope owns and brings found values back. Another id on the host: nothing is removed, and a note says so. */
export async function destroyHost(
  openHost: OpenHost,
  target: HostTarget,
  { prior, memory, signal }: { prior: HostState; memory: Memory | undefined; signal: AbortSignal },
): Promise<readonly Note[]> {
  const notes: Note[] = [];
  const remembered = parseMemory(memory);
  const desired = nothingDesired(target.scope);
  await transactHost(openHost, target, {
    known: { parts: prior.parts, remembered },
    decide: ({ live, declared, isManifestLost }) => {
      const id = otherIdThan(prior, target.scope, live);
      if (id !== undefined) {
        notes.push(notOurs(target, { id, prior }));
        return undefined;
      }
      checkHost(target, { desired, live, wording: OUR_WORDING });
      changedSincePlan(target, live, { remembered, prior, declared: declared?.parts, wording: OUR_WORDING });
      if (isManifestLost) notes.push(manifestLost(target));
      return transactionOf({ desired, live, wording: OUR_WORDING }).transaction;
    },
    isReached: ({ isGone }) => isGone,
    signal,
  });
  return notes;
}

/** Without `kept` the scope goes. */
function transactionOf(
  { desired, live, wording }: { desired: DesiredState; live: Live; wording: Wording },
  kept?: KeptScope,
): { readonly transaction: Transaction; readonly manifest: Manifest | undefined } {
  const changes = diff(desired, live, wording);
  const { found, released } = holdAndRelease(desired, live);
  const manifest = nextManifest(desired, live, { found, ...(kept === undefined ? {} : { kept }) });
  const transaction = {
    steps: planChanges(changes, released, { desired, live }).steps,
    expected: expectationOf(desired, { live, wording, changes: [...changes, ...released] }),
    scope: desired.scope.name,
    ...(manifest === undefined ? {} : { manifest: printManifest(manifest) }),
    ...(kept === undefined ? {} : { declared: printRecordFile(kept) }),
  };
  return { transaction, manifest };
}
