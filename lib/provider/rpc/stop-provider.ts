// StopProvider: Terraform was interrupted. What is under way is given up, and a change is rolled back.
import { encodeStopResponse } from '../protocol/responses';
import { rpc } from './rpc';

/** Answers at once; the calls that it aborts answer for themselves. */
export const stopProvider = rpc({
  name: 'StopProvider',
  decode: () => undefined,
  serve: (_request, session) => {
    session.stop();
    return '';
  },
  fail: (diagnostics) => diagnostics.map(({ detail }) => detail).join('\n'),
  encode: encodeStopResponse,
});
