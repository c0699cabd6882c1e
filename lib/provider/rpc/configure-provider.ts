// ConfigureProvider: the settings for the rest of this process. Opens no connection.
import { checkSettings } from '../check-settings';
import { Rejected } from '../protocol/diagnostic';
import { decodeDynamicValue } from '../protocol/dynamic-value';
import { decodeConfigRequest } from '../protocol/requests';
import { encodeDiagnosticsAt } from '../protocol/responses';
import { settings } from '../schema/settings';
import { rpc } from './rpc';

/** Once per process, before any RPC that reaches a host. */
export const configureProvider = rpc({
  name: 'ConfigureProvider',
  decode: decodeConfigRequest,
  serve: ({ config }, session) => {
    const given = settings.decode(decodeDynamicValue(config), []);
    if (given.kind !== 'known') throw new Error(`the provider block is ${given.kind}`);
    // Values that were unknown when the block was validated are checked here for the first time.
    const problems = checkSettings(given.value);
    if (problems.length > 0) throw new Rejected(problems);
    session.configure(given.value);
    return [];
  },
  fail: (diagnostics) => diagnostics,
  encode: encodeDiagnosticsAt(1),
});
