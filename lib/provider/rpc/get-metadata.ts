// GetMetadata: the names of what we have, for a Terraform that asks before it wants schemas.
import { encodeMetadataResponse } from '../protocol/responses';
import { HOST_TYPE } from '../schema/host';
import { rpc } from './rpc';

/** Cheaper than the schema; says the same of what the server can do. */
export const getMetadata = rpc({
  name: 'GetMetadata',
  decode: () => undefined,
  serve: () => ({ resources: [HOST_TYPE], diagnostics: [] }),
  fail: (diagnostics) => ({ resources: [], diagnostics }),
  encode: encodeMetadataResponse,
});
