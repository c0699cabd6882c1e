// UpgradeResourceState: a state as its JSON was stored, in today's shape. There has been one shape so far.
import type { Look } from '../../converge/read-live';
import { withDefaults } from '../declared-host';
import { decodeStoredHost, encodeHost } from '../host-message';
import { aimAt, hostStateOf } from '../host-target';
import { Rejected } from '../protocol/diagnostic';
import { encodeDynamicValue } from '../protocol/dynamic-value';
import { decodeUpgradeRequest } from '../protocol/requests';
import { type StateResponse, encodeUpgradeResponse } from '../protocol/responses';
import { HOST_SCHEMA_VERSION, type Host } from '../schema/host';
import type { Session } from '../session';
import { rpc } from './rpc';

/** Runs for every stored state, also of today's version, and before every read. */
export const upgradeResourceState = rpc({
  name: 'UpgradeResourceState',
  decode: decodeUpgradeRequest,
  serve: ({ schemaVersion, stateJson }, session): StateResponse => {
    if (schemaVersion > HOST_SCHEMA_VERSION) throw tooNew(schemaVersion);
    const state = decodeStoredHost(stateJson);
    if (state.kind !== 'known') return { state: encodeDynamicValue(null), diagnostics: [] };
    if (session.isBeforeRefresh) {
      const before = withDefaults(state.value);
      session.looksAhead.begin(before, lookAhead(before, session));
    }
    return { state: encodeHost(state.value), diagnostics: [] };
  },
  fail: (diagnostics): StateResponse => ({ diagnostics }),
  encode: encodeUpgradeResponse,
});

async function lookAhead(before: Host, session: Session): Promise<Look | undefined> {
  const engine = await session.engine();
  const aim = aimAt(before, session);
  return aim.kind === 'known' ? engine.look(aim.target, hostStateOf(before)) : undefined;
}

function tooNew(schemaVersion: number): Rejected {
  return new Rejected([
    {
      severity: 'error',
      summary: 'State was written by a newer Gatewright',
      detail:
        `given: a state of schema version ${schemaVersion}\nallowed: up to ${HOST_SCHEMA_VERSION}\n` +
        'to do: use the version of Gatewright that wrote it, or a later one',
    },
  ]);
}
