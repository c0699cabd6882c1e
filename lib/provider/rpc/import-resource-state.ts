// ImportResourceState: a scope that lives on a host, found by `scope@address:port`, as the state of its last apply.
import type { Imported } from '../../converge/engine';
import { DEFAULT_SCOPE } from '../../model/scope';
import { withDefaults } from '../declared-host';
import { toWarnings } from '../diagnose';
import { encodeHost } from '../host-message';
import { targetOf, toPrivate, withState } from '../host-target';
import { type ImportId, parseImportId } from '../import-id';
import { type Diagnostic, Rejected } from '../protocol/diagnostic';
import { type ImportRequest, decodeImportRequest } from '../protocol/requests';
import { type ImportResponse, encodeImportResponse } from '../protocol/responses';
import { NULL, known, toOptional } from '../protocol/value';
import { parseRememberedSettings } from '../remembered-settings';
import { HOST_TYPE, type Host } from '../schema/host';
import type { Session } from '../session';
import { reachOf } from '../ssh-settings';
import { rpc } from './rpc';

/** Of a scope whose prefix only the host knows: iptables refuses every chain name that begins so, thus none is claimed. */
const NO_CHAINS = '-';

/** A host without anything of the scope is an error: an import that finds nothing is a typing error. */
export const importResourceState = rpc({
  name: 'ImportResourceState',
  decode: decodeImportRequest,
  serve,
  fail: (diagnostics): ImportResponse => ({ type: HOST_TYPE, diagnostics }),
  encode: encodeImportResponse,
});

async function serve({ id }: ImportRequest, session: Session): Promise<ImportResponse> {
  const wanted = parseImportId(id);
  const blank = blankHost(wanted);
  const imported = await (await session.engine()).import(targetOf(blank, session));
  if (isEmpty(imported)) throw nothingThere(wanted, id);
  const state = withState(withDefaults(withSettings(blank, imported, session)), imported.state);
  return {
    type: HOST_TYPE,
    state: encodeHost(state),
    private: toPrivate(imported.memory),
    diagnostics: [...settingsLost(imported), ...toWarnings(imported.notes, session.secrets)],
  };
}

// What an import knows besides the provider's settings: nothing. Terraform does not show it the configuration.
function blankHost({ scope, address, port }: ImportId): Host {
  return {
    id: NULL,
    address: known(address),
    port: known(port),
    user: NULL,
    host_key: NULL,
    sudo: NULL,
    bastion: NULL,
    scope: known(scope),
    chain_prefix: known(scope === DEFAULT_SCOPE.name ? DEFAULT_SCOPE.chainPrefix : NO_CHAINS),
    parts: known(new Map()),
    persist: NULL,
    lock_timeout_seconds: NULL,
    confirm_timeout_seconds: NULL,
    drain_timeout_seconds: NULL,
    probes: NULL,
    adopt: NULL,
    management_cidrs: NULL,
    allow_lockout: NULL,
  };
}

function withSettings(blank: Host, { settings }: Imported, session: Session): Host {
  if (settings === undefined) return blank;
  const remembered = { ...blank, ...parseRememberedSettings(settings) };
  // A port that was left out stays out where the default leads to the port of the id.
  const reach = reachOf(remembered, session.settings);
  const leadsThere =
    remembered.port.kind === 'null' &&
    reach.kind === 'known' &&
    reach.settings.port === toOptional(blank.port);
  return leadsThere ? remembered : { ...remembered, port: blank.port };
}

function isEmpty({ settings, state }: Imported): boolean {
  return settings === undefined && state.id === undefined && Object.keys(state.parts).length === 0;
}

function nothingThere({ scope }: ImportId, id: string): Rejected {
  return new Rejected([
    {
      severity: 'error',
      summary: 'Nothing to import',
      detail:
        `The host was reached, and has nothing of scope ${JSON.stringify(scope)}.\ngiven: ${id}\n` +
        'to do: check scope and address; to create it, run terraform apply',
    },
  ]);
}

function settingsLost({ settings }: Imported): readonly Diagnostic[] {
  if (settings !== undefined) return [];
  return [
    {
      severity: 'warning',
      summary: 'The host has no record of its settings',
      detail: 'Defaults stand in the state for user, host_key, sudo, bastion, chain_prefix and the timeouts.',
    },
  ];
}
