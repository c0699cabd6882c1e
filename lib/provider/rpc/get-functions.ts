// GetFunctions: there are none.
import { encodeDiagnosticsAt } from '../protocol/responses';
import { rpc } from './rpc';

/** Empty, as the functions in the schema are. */
export const getFunctions = rpc({
  name: 'GetFunctions',
  decode: () => undefined,
  serve: () => [],
  fail: (diagnostics) => diagnostics,
  encode: encodeDiagnosticsAt(2),
});
