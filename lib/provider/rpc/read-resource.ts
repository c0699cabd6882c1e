// ReadResource: what the host holds now. Its private data is the basis of every plan until the next read.
import { withDefaults } from '../declared-host';
import { toWarnings } from '../diagnose';
import { decodeHost, encodeHost } from '../host-message';
import { aimAt, hostStateOf, isSameHost, memoryOf, toPrivate, withState } from '../host-target';
import type { Diagnostic } from '../protocol/diagnostic';
import { type ReadRequest, decodeReadRequest } from '../protocol/requests';
import { type StateResponse, encodeReadResponse } from '../protocol/responses';
import type { Session } from '../session';
import { rpc } from './rpc';

/** A host that cannot be reached is an error, never a resource that is gone. */
export const readResource = rpc({
  name: 'ReadResource',
  decode: decodeReadRequest,
  serve,
  fail: (diagnostics, request): StateResponse => ({ ...asBefore(request), diagnostics }),
  encode: encodeReadResponse,
});

async function serve(request: ReadRequest, session: Session): Promise<StateResponse> {
  const state = decodeHost(request.currentState);
  if (state.kind !== 'known') return { ...asBefore(request), diagnostics: [] };
  const before = withDefaults(state.value);
  const aim = aimAt(before, session);
  if (aim.kind === 'unknown') return { ...asBefore(request), diagnostics: [notRead(aim.waitingFor)] };
  const engine = await session.engine();
  const memory = memoryOf(request.private);
  const look = await session.looksAhead.take(before);
  const refreshed = await engine.refresh(aim.target, hostStateOf(before), memory, look);
  session.noteRead(refreshed.state.id, refreshed.look);
  const after = withState(before, refreshed.state);
  return {
    state: isSameHost(state.value, after) ? request.currentState : encodeHost(after),
    private: toPrivate(refreshed.memory),
    diagnostics: toWarnings(refreshed.notes, session.secrets),
  };
}

function asBefore(request: ReadRequest): Omit<StateResponse, 'diagnostics'> {
  return { state: request.currentState, private: request.private };
}

function notRead(waitingFor: readonly string[]): Diagnostic {
  return {
    severity: 'warning',
    summary: 'Host was not read',
    detail: `Not known before apply: ${waitingFor.join(', ')}. What stands in the state may not be what is live.`,
  };
}
