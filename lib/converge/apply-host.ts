// Apply and destroy of one host: prove, decide under the host's lock, run one transaction, remember. Used by the engine.
import { randomUUID } from 'node:crypto';
import type { Parts } from '../model/declaration';
import type { Wording } from './align';
import { OUR_WORDING } from './align';
import { changedSincePlan } from './changed-since-plan';
import { checkCreate, checkHost, checkIdentity, isNothingToChange } from './plan-host';
import type { DesiredState } from './desired';
import { nothingDesired } from './desired';
import { diff } from './diff';
import type { Applied, ApplyRequest, HostState, HostTarget, Memory, Note } from './engine';
import { ApplyFailed } from './errors';
import { expectationOf } from './expectation';
import type { Host, Outcome, Transaction } from './host';
import type { Live } from './live';
import { printMemory, parseMemory, remember } from './memory';
import { nextMemory } from './next-memory';
import { planChanges } from './plan';
import { prove } from './proof';
import { questionOf, toLive } from './read-live';
import { holdAndRelease } from './release';
import { desiredOf } from './validate';

/** Throws `InvalidInput` or `Refused` with nothing touched, or `ApplyFailed` with everything undone. */
export async function applyHost(
  host: Host,
  target: HostTarget,
  request: ApplyRequest & { readonly signal: AbortSignal },
): Promise<Applied> {
  const { prior, parts, memory, settings, signal } = request;
  const desired = desiredOf(target.scope, parts);
  const { wording, notes } = await prove(host, desired);
  const remembered = parseMemory(memory);
  const question = questionOf(target, { ...(prior?.parts ?? {}), ...parts }, remembered?.sysctls);
  let applied: { id: string; live: Live } | undefined;
  const outcome = await host.transact(
    question,
    (reading) => {
      const { live, declared } = toLive(reading, target);
      checkIdentity(target, live, request);
      checkHost(target, desired, live);
      if (prior === undefined) checkCreate(target, live, isNothingToChange(desired, live, wording));
      else changedSincePlan(target, live, { basis: remembered?.basis, prior, declared: declared?.parts });
      const id = live.manifest.scopes[target.scope.name]?.id ?? prior?.id ?? randomUUID();
      applied = { id, live };
      return transactionOf(target, { desired, live, wording }, { id, parts, settings });
    },
    signal,
  );
  checkOutcome(target, outcome);
  if (applied === undefined) throw new ApplyFailed(`${target.name}: nothing was decided`, true);
  return {
    state: { id: applied.id, parts },
    memory: printMemory({ ...remember(target.scope, applied.live), sysctls: [...desired.sysctls.keys()] }),
    notes,
  };
}

/** Removes what the scope owns and brings found values back. Another id on the host: nothing is removed, and a note says so. */
export async function destroyHost(
  host: Host,
  target: HostTarget,
  { prior, memory, signal }: { prior: HostState; memory: Memory | undefined; signal: AbortSignal },
): Promise<readonly Note[]> {
  const notes: Note[] = [];
  const remembered = parseMemory(memory);
  const desired = nothingDesired(target.scope);
  const outcome = await host
    .transact(
      questionOf(target, prior.parts, remembered?.sysctls),
      (reading) => {
        const { live, declared } = toLive(reading, target);
        const id = live.manifest.scopes[target.scope.name]?.id;
        if (id !== undefined && prior.id !== undefined && id !== prior.id) {
          notes.push(notOurs(target, { id, prior: prior.id }));
          throw new NotOurs();
        }
        checkHost(target, desired, live);
        changedSincePlan(target, live, { basis: remembered?.basis, prior, declared: declared?.parts });
        return transactionOf(target, { desired, live, wording: OUR_WORDING });
      },
      signal,
    )
    .catch((error: unknown) => {
      if (error instanceof NotOurs) return { kind: 'kept' as const };
      throw error;
    });
  checkOutcome(target, outcome);
  return notes;
}

class NotOurs extends Error {}

function transactionOf(
  { scope }: HostTarget,
  { desired, live, wording }: { desired: DesiredState; live: Live; wording: Wording },
  kept?: { readonly id: string; readonly parts: Parts; readonly settings: string },
): Transaction {
  const changes = diff(desired, live, wording);
  const { found, released } = holdAndRelease(desired, live);
  return {
    steps: planChanges(changes, released).steps,
    expected: expectationOf(desired, { live, wording, changes: [...changes, ...released] }),
    scope: scope.name,
    ...nextMemory(desired, live, { found, ...(kept === undefined ? {} : { kept }) }),
  };
}

function checkOutcome(target: HostTarget, outcome: Outcome): void {
  if (outcome.kind === 'kept') return;
  const { step, message, undone } = outcome;
  const end = undone
    ? 'All steps before it were undone: the host is as it was.'
    : 'UNDOING FAILED TOO: the host is between old and new. What would undo it lies in /run/gatewright on the host.';
  throw new ApplyFailed(`${target.name}: the transaction failed at ${step}\n${message}\n${end}`, undone);
}

function notOurs(target: HostTarget, { id, prior }: { id: string; prior: string }): Note {
  return {
    summary: `Nothing was removed from ${target.name}`,
    detail: `Scope "${target.scope.name}" there has id ${id}, the state says ${prior}: it belongs to another state.`,
  };
}
