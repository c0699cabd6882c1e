// Apply and destroy of one host: prove, decide under the host's lock, run one transaction, remember. Used by the engine.
import { randomUUID } from 'node:crypto';
import type { Entry } from '../model/entry';
import type { Wording } from './align';
import { OUR_WORDING } from './align';
import { changedSincePlan } from './changed-since-plan';
import { goingAlone, goingWithServer, quietInstead, removedAtLast, stillDraining } from './draining';
import { asBefore, withDraining } from './draining-notes';
import { drainingFirst, finishDraining } from './drain-host';
import { checkCreate, checkHost, checkIdentity } from './check-host';
import { partsDigest, printRecordFile } from './declared';
import type { DesiredState } from './desired';
import { nothingDesired } from './desired';
import { diff, isNothingToChange } from './diff';
import type { Applied, ApplyRequest, HostState, HostTarget, Memory, Note } from './engine';
import { expectationOf } from './expectation';
import type { Transaction } from './host';
import type { Live } from './live';
import type { LiveReading } from './read-live';
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
  const known = { parts: prior?.parts ?? {}, remembered, desired, hostAlone: moved };
  const said: Note[] = [...notes];
  let kept: KeptScope = { id: prior?.id ?? randomUUID(), parts, settings };
  let manifest: Manifest | undefined;
  const check = (reading: LiveReading, drained: readonly Entry[] = []): void => {
    const live = asBefore(reading.live, drained);
    checkIdentity(target, live, request);
    checkHost(target, { desired, live, wording });
    if (prior === undefined) checkCreate(target, live, isNothingToChange(desired, live, wording));
    else changedSincePlan(target, live, { remembered, prior, declared: reading.declared?.parts, wording });
  };
  await drainingFirst(openHost, target, {
    known,
    signal,
    choose: (reading) => {
      check(reading);
      return goingWithServer(desired, reading.live);
    },
    run: (drained) =>
      transactHost(openHost, target, {
        known,
        decide: (reading) => {
          const { live, isManifestLost } = reading;
          check(reading, drained);
          if (isManifestLost) said.push(manifestLost(target));
          kept = { ...kept, id: live.manifest.scopes[target.scope.name]?.id ?? kept.id };
          const decided = transactionOf(target, { desired, live, wording }, kept);
          manifest = decided.manifest;
          return decided.transaction;
        },
        isReached: ({ live }) =>
          live.manifest.scopes[target.scope.name]?.declaredDigest === partsDigest(parts) &&
          isNothingToChange(desired, live, wording),
        signal,
      }),
  });
  const drained = await finishDraining(openHost, target, {
    known: { parts, desired, hostAlone: true },
    signal,
    manifest,
  });
  const owned = manifest === undefined ? undefined : ownedBy(target.scope, manifest);
  return {
    state: { id: kept.id, parts },
    memory: printMemory({ version: 1, ...(owned === undefined ? {} : { owned }) }),
    notes: [...said, ...drained],
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
  const known = { parts: prior.parts, remembered };
  const check = (reading: LiveReading, drained: readonly Entry[] = []): void => {
    const live = asBefore(reading.live, drained);
    const declared = reading.declared?.parts;
    checkHost(target, { desired, live, wording: OUR_WORDING });
    changedSincePlan(target, live, { remembered, prior, declared, wording: OUR_WORDING });
  };
  await drainingFirst(openHost, target, {
    known,
    signal,
    choose: (reading) => {
      if (otherIdThan(prior, target.scope, reading.live) !== undefined) return [];
      check(reading);
      return [...goingWithServer(desired, reading.live), ...goingAlone(desired, reading.live)];
    },
    run: (drained) =>
      transactHost(openHost, target, {
        known,
        decide: (reading) => {
          const id = otherIdThan(prior, target.scope, reading.live);
          if (id !== undefined) {
            notes.push(notOurs(target, { id, prior }));
            return undefined;
          }
          check(reading, drained);
          if (reading.isManifestLost) notes.push(manifestLost(target));
          return transactionOf(target, { desired, live: reading.live, wording: OUR_WORDING }).transaction;
        },
        isReached: ({ isGone }) => isGone,
        signal,
      }),
  });
  return notes;
}

/** Without `kept` the scope goes. */
function transactionOf(
  target: HostTarget,
  { desired, live, wording }: { desired: DesiredState; live: Live; wording: Wording },
  kept?: KeptScope,
): { readonly transaction: Transaction; readonly manifest: Manifest | undefined } {
  const { found, released: all } = holdAndRelease(desired, live);
  const drains = kept !== undefined && target.drainTimeoutSeconds > 0;
  const going = drains ? goingAlone(desired, live) : [];
  const changes = quietInstead(diff(desired, live, wording), going);
  const released = quietInstead(kept === undefined ? [...all, ...removedAtLast(desired, live)] : all, going);
  const next = nextManifest(desired, live, { found, ...(kept === undefined ? {} : { kept }) });
  const notes = stillDraining(target, { desired, live, going });
  const manifest = next === undefined ? undefined : withDraining(next, notes);
  const transaction = {
    steps: planChanges(changes, released, { desired, live }).steps,
    expected: expectationOf(desired, { live, wording, changes: [...changes, ...released] }),
    scope: desired.scope.name,
    ...(manifest === undefined ? {} : { manifest: printManifest(manifest) }),
    ...(kept === undefined ? {} : { declared: printRecordFile(kept) }),
  };
  return { transaction, manifest };
}
