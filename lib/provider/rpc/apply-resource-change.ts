// ApplyResourceChange: create, update or destroy in one transaction. A failure leaves Terraform with what it had before.
import { declaredParts, withDefaults } from '../declared-host';
import { toWarnings } from '../diagnose';
import { decodeHost, encodeHost } from '../host-message';
import { hasMoved, hostStateOf, memoryOf, targetOf, toPrivate } from '../host-target';
import { encodeDynamicValue } from '../protocol/dynamic-value';
import { type ApplyRequest, decodeApplyRequest } from '../protocol/requests';
import { type StateResponse, encodeApplyResponse } from '../protocol/responses';
import { fromOptional, toOptional } from '../protocol/value';
import { printRememberedSettings } from '../remembered-settings';
import { type Host } from '../schema/host';
import type { Session } from '../session';
import { traced } from '../trace';
import { rpc } from './rpc';

/** A create that failed leaves no state, an update or destroy the one from before: nothing is ever tainted. */
export const applyResourceChange = rpc({
  name: 'ApplyResourceChange',
  decode: decodeApplyRequest,
  serve,
  // The prior state of a create is null. Any other state beside an error would be saved as tainted, and the next plan
  // would destroy what works.
  fail: (diagnostics, request): StateResponse => ({
    state: request.priorState,
    private: request.plannedPrivate,
    diagnostics,
  }),
  encode: encodeApplyResponse,
});

async function serve(request: ApplyRequest, session: Session): Promise<StateResponse> {
  const prior = toOptional(decodeHost(request.priorState));
  const planned = toOptional(decodeHost(request.plannedState));
  const step = { prior, memory: request.plannedPrivate };
  if (planned !== undefined) return apply({ ...step, planned, message: request.plannedState }, session);
  if (prior === undefined) return { state: request.plannedState, diagnostics: [] };
  return destroy({ ...step, prior }, session);
}

interface Step {
  readonly prior: Host | undefined;
  readonly planned: Host;
  /** It says the same. */
  readonly message: Uint8Array;
  readonly memory: Uint8Array;
}

async function apply({ prior, planned, message, memory }: Step, session: Session): Promise<StateResponse> {
  const engine = await session.engine();
  const target = targetOf(planned, session);
  const remembered = memoryOf(memory);
  const proof = session.memory.takeProof(target);
  const request = {
    ...(proof === undefined ? {} : { proof }),
    ...(prior === undefined ? {} : { prior: hostStateOf(prior) }),
    parts: declaredParts(planned).known,
    ...(remembered === undefined ? {} : { memory: remembered }),
    moved: prior !== undefined && hasMoved(prior, planned, session),
    settings: printRememberedSettings(planned),
  };
  const applied = await traced('own part', () =>
    session.change((signal) => engine.apply(target, request, signal)),
  );
  // Terraform accepts no other parts than the planned ones, and they are what was confirmed.
  const { id } = applied.state;
  const isAsPlanned = id !== undefined && toOptional(planned.id) === id;
  return {
    state: isAsPlanned ? message : encodeHost({ ...planned, id: fromOptional(id) }),
    private: toPrivate(applied.memory),
    diagnostics: toWarnings(applied.notes, session.secrets),
  };
}

async function destroy(
  { prior, memory }: Pick<Step, 'memory'> & { readonly prior: Host },
  session: Session,
): Promise<StateResponse> {
  const engine = await session.engine();
  const target = targetOf(withDefaults(prior), session);
  const notes = await session.change((signal) =>
    engine.destroy(target, hostStateOf(prior), memoryOf(memory), signal),
  );
  return { state: encodeDynamicValue(null), diagnostics: toWarnings(notes, session.secrets) };
}
