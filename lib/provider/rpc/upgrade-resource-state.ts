// UpgradeResourceState: a state as its JSON was stored, in today's shape. There has been one shape so far.
import { Rejected } from '../protocol/diagnostic';
import { decodeJson, encodeDynamicValue } from '../protocol/dynamic-value';
import { decodeUpgradeRequest } from '../protocol/requests';
import { type StateResponse, encodeUpgradeResponse } from '../protocol/responses';
import { HOST_SCHEMA_VERSION, host } from '../schema/host';
import { rpc } from './rpc';

/** Runs for every stored state, also of today's version, and before every read. */
export const upgradeResourceState = rpc({
  name: 'UpgradeResourceState',
  decode: decodeUpgradeRequest,
  serve: ({ schemaVersion, stateJson }): StateResponse => {
    if (schemaVersion > HOST_SCHEMA_VERSION) throw tooNew(schemaVersion);
    const state = host.decode(decodeJson(stateJson), []);
    return { state: encodeDynamicValue(host.encode(state)), diagnostics: [] };
  },
  fail: (diagnostics): StateResponse => ({ diagnostics }),
  encode: encodeUpgradeResponse,
});

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
