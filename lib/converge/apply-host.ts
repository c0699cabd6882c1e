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
import type { DeclaredRecord } from './declared';
import { partsDigest, printRecordFile } from './declared';
import { bootFiles } from './boot/boot-files';
import { staleNotes } from './conntrack/conntrack-notes';
import type { StaleEntries } from './conntrack/stale-entries';
import { NONE_STALE, printStale, staleEntries } from './conntrack/stale-entries';
import type { DesiredState } from './desired';
import { nothingDesired } from './desired';
import { diff, isNothingToChange } from './diff';
import type { Applied, ApplyRequest, HostState, HostTarget, Memory, Note } from './engine';
import { expectationOf, expectedRules } from './expectation';
import type { Transaction } from './host';
import type { Live } from './live';
import type { LiveReading } from './read-live';
import type { Manifest } from './manifest';
import { printManifest } from './manifest';
import type { Remembered } from './memory';
import { ownedBy, parseMemory, printMemory } from './memory';
import type { KeptScope } from './next-memory';
import { nextManifest } from './next-memory';
import { checkLockout } from './lockout/check-lockout';
import { manifestLost, notOurs, otherIdThan } from './notes';
import { planChanges } from './plan';
import type { Proved } from './proof';
import { prove } from './proof';
import { holdAndRelease } from './release';
import { guardSecondsFor, newConfirmation } from './guarded';
import type { Attempt, Kept } from './transact-host';
import { transactHost } from './transact-host';
import { unlessInterrupted } from './unless-interrupted';
import { desiredOf } from './validate';
import type { Ways } from './ways';

/** Throws `InvalidInput` or `Refused` with nothing touched, or `ApplyFailed` with everything undone. */
export async function applyHost(
  ways: Ways,
  target: HostTarget,
  request: ApplyRequest & { readonly signal: AbortSignal },
): Promise<Applied> {
  const { prior, parts, moved, settings, signal } = request;
  const desired = desiredOf(target.scope, parts, target);
  const proving = async (): Promise<Proved> =>
    request.proof?.of === partsDigest(parts) ? request.proof : prove(await ways.open(), desired);
  const { wording, notes } = await unlessInterrupted(proving, { host: target.name, signal });
  const remembered = parseMemory(request.memory);
  const lost: Note[] = [];
  let kept: KeptScope = { id: prior?.id ?? randomUUID(), parts, settings };
  let manifest: Manifest | undefined;
  let stale: readonly StaleEntries[] = [];
  let texts: KeptTexts | undefined;
  const keptTexts = (): KeptTexts => (texts ??= printKept(target, { desired, wording, parts, settings }));
  const outcome = await transactAfterDraining(ways, target, {
    known: {
      ...{ parts: prior?.parts ?? {}, remembered, desired, hostAlone: moved },
      prepare: () => {
        expectedRules(desired, wording);
        keptTexts();
      },
    },
    check: (reading) => {
      checkApply(target, reading, { desired, wording, remembered, request });
    },
    choose: ({ live }) => goingWithServer(desired, live),
    decide: ({ live, isManifestLost }) => {
      if (isManifestLost) lost.push(manifestLost(target));
      kept = { ...kept, id: live.manifest.scopes[target.scope.name]?.id ?? kept.id };
      const decided = transactionOf(target, { desired, live, wording }, { ...kept, texts: keptTexts() });
      ({ manifest, stale } = decided);
      return decided.transaction;
    },
    isReached: ({ live }) =>
      live.manifest.scopes[target.scope.name]?.declaredDigest === partsDigest(parts) &&
      isNothingToChange(desired, live, wording),
    signal,
  });
  const known = { parts, desired, hostAlone: true };
  const drained = await finishDraining(ways.open, target, { known, signal, manifest });
  const owned = manifest === undefined ? undefined : ownedBy(target.scope, manifest);
  return {
    state: { id: kept.id, parts },
    memory: printMemory({ version: 1, ...(owned === undefined ? {} : { owned }) }),
    notes: [...notes, ...lost, ...staleNotes(target, stale, outcome), ...drained],
  };
}

/** Removes what the scope owns and brings found values back. Another id on the host: nothing is removed, and a note says so. */
export async function destroyHost(
  ways: Ways,
  target: HostTarget,
  { prior, memory, signal }: { prior: HostState; memory: Memory | undefined; signal: AbortSignal },
): Promise<readonly Note[]> {
  const notes: Note[] = [];
  const remembered = parseMemory(memory);
  const desired = nothingDesired(target.scope);
  const otherId = ({ live }: LiveReading): string | undefined => otherIdThan(prior, target.scope, live);
  let stale: readonly StaleEntries[] = [];
  const outcome = await transactAfterDraining(ways, target, {
    known: { parts: prior.parts, remembered },
    check: (reading) => {
      if (otherId(reading) !== undefined) return;
      const { live, declared } = reading;
      checkHost(target, { desired, live, wording: OUR_WORDING });
      checkLockout(target, { desired, live, wording: OUR_WORDING, priorParts: prior.parts });
      const basis = { remembered, prior, declared: declared?.parts, wording: OUR_WORDING };
      changedSincePlan(target, live, basis);
    },
    choose: (reading) =>
      otherId(reading) === undefined
        ? [...goingWithServer(desired, reading.live), ...goingAlone(desired, reading.live)]
        : [],
    decide: (reading) => {
      const id = otherId(reading);
      if (id !== undefined) {
        notes.push(notOurs(target, { id, prior }));
        return undefined;
      }
      if (reading.isManifestLost) notes.push(manifestLost(target));
      const decided = transactionOf(target, { desired, live: reading.live, wording: OUR_WORDING });
      ({ stale } = decided);
      return decided.transaction;
    },
    isReached: ({ isGone }) => isGone,
    signal,
  });
  return [...notes, ...staleNotes(target, stale, outcome)];
}

function checkApply(
  target: HostTarget,
  { live, declared }: LiveReading,
  on: {
    readonly desired: DesiredState;
    readonly wording: Wording;
    readonly remembered: Remembered | undefined;
    readonly request: ApplyRequest;
  },
): void {
  const { desired, wording, remembered, request } = on;
  checkIdentity(target, live, request);
  checkHost(target, { desired, live, wording });
  const { prior } = request;
  // The plan has told what it doubts; here only what is sure counts.
  checkLockout(target, { desired, live, wording, priorParts: prior?.parts ?? {} });
  if (prior === undefined) checkCreate(target, live, isNothingToChange(desired, live, wording));
  else changedSincePlan(target, live, { remembered, prior, declared: declared?.parts, wording });
}

/** The host is checked twice where real servers drain first: before them, and, as if they had not, before the transaction. */
async function transactAfterDraining(
  ways: Ways,
  target: HostTarget,
  attempt: Attempt & {
    readonly check: (reading: LiveReading) => void;
    readonly choose: (reading: LiveReading) => readonly Entry[];
  },
): Promise<Kept> {
  const { known, signal, check, choose, decide } = attempt;
  return drainingFirst(ways.open, target, {
    known,
    signal,
    choose: (reading) => {
      check(reading);
      return choose(reading);
    },
    run: (drained) =>
      transactHost(ways, target, {
        ...attempt,
        decide: (reading) => {
          check({ ...reading, live: asBefore(reading.live, drained) });
          return decide(reading);
        },
      }),
  });
}

interface Decided {
  readonly transaction: Transaction;
  readonly manifest: Manifest | undefined;
  readonly stale: readonly StaleEntries[];
}

/** Without `kept` the scope goes. */
function transactionOf(
  target: HostTarget,
  { desired, live, wording }: { desired: DesiredState; live: Live; wording: Wording },
  kept?: KeptScope & { readonly texts: KeptTexts },
): Decided {
  const { found, released: all } = holdAndRelease(desired, live);
  const drains = kept !== undefined && target.drainTimeoutSeconds > 0;
  const going = drains ? goingAlone(desired, live) : [];
  const changes = quietInstead(diff(desired, live, wording), going);
  const released = quietInstead(kept === undefined ? [...all, ...removedAtLast(desired, live)] : all, going);
  const next = nextManifest(desired, live, { found, ...(kept === undefined ? {} : { kept }) });
  const notes = stillDraining(target, { desired, live, going });
  const manifest = next === undefined ? undefined : withDraining(next, notes);
  const { steps } = planChanges(changes, released, { desired, live });
  const stale = live.hasConntrack ? staleEntries(live.chains, [...changes, ...released]) : NONE_STALE;
  const confirm = newConfirmation(target);
  const transaction = {
    steps,
    guardSeconds: guardSecondsFor(steps, confirm),
    confirm,
    expected: expectationOf(desired, { live, wording, changes: [...changes, ...released] }),
    scope: desired.scope.name,
    ...printStale(stale),
    ...(manifest === undefined ? {} : { manifest: printManifest(manifest) }),
    ...kept?.texts,
  };
  return { transaction, manifest, stale: stale.kept };
}

/** What the host keeps of a scope that stays: it hangs on nothing that is live. */
type KeptTexts = Pick<Transaction, 'boot' | 'declared'>;

function printKept(
  { persist = 'none' }: HostTarget,
  { desired, wording, ...record }: DeclaredRecord & { desired: DesiredState; wording: Wording },
): KeptTexts {
  return {
    declared: printRecordFile(record),
    ...(persist === 'none' ? {} : { boot: bootFiles(desired, { wording, persist }) }),
  };
}
