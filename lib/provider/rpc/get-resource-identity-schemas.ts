// GetResourceIdentitySchemas: a host has no identity besides its state. Terraform 1.12 and later ask.
import { encodeDiagnosticsAt } from '../protocol/responses';
import { rpc } from './rpc';

/** An empty answer: `terraform import` by id is the only one. */
export const getResourceIdentitySchemas = rpc({
  name: 'GetResourceIdentitySchemas',
  decode: () => undefined,
  serve: () => [],
  fail: (diagnostics) => diagnostics,
  encode: encodeDiagnosticsAt(2),
});
