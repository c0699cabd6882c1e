// GetProviderSchema: the provider block and the one resource, both from their tables of attributes.
import { encodeSchemaResponse } from '../protocol/responses';
import { encodeSchema } from '../protocol/schema-message';
import { HOST_DESCRIPTION, HOST_SCHEMA_VERSION, HOST_TYPE, host } from '../schema/host';
import { SETTINGS_DESCRIPTION, settings } from '../schema/settings';
import { rpc } from './rpc';

/** Needs no configuration and no host. */
export const getProviderSchema = rpc({
  name: 'GetProviderSchema',
  decode: () => undefined,
  serve: () => ({
    provider: encodeSchema(0, SETTINGS_DESCRIPTION, settings.attributes),
    resources: new Map([[HOST_TYPE, encodeSchema(HOST_SCHEMA_VERSION, HOST_DESCRIPTION, host.attributes)]]),
    diagnostics: [],
  }),
  fail: (diagnostics) => ({ provider: new Uint8Array(), resources: new Map(), diagnostics }),
  encode: encodeSchemaResponse,
});
