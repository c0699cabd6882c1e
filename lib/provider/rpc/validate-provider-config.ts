// ValidateProviderConfig: every bad value of a provider block, by itself.
import { checkSettings } from '../check-settings';
import { decodeDynamicValue } from '../protocol/dynamic-value';
import { decodeValidateProviderRequest } from '../protocol/requests';
import { encodeDiagnosticsAt } from '../protocol/responses';
import { toOptional } from '../protocol/value';
import { settings } from '../schema/settings';
import { rpc } from './rpc';

/** Runs before a variable's value or another resource may be known. */
export const validateProviderConfig = rpc({
  name: 'ValidateProviderConfig',
  decode: decodeValidateProviderRequest,
  serve: ({ config }) => {
    const given = toOptional(settings.decode(decodeDynamicValue(config), []));
    return given === undefined ? [] : checkSettings(given);
  },
  fail: (diagnostics) => diagnostics,
  encode: encodeDiagnosticsAt(2),
});
