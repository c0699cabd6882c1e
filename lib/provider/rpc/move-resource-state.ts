// MoveResourceState: no other resource type can become a host; an import can.
import { Rejected } from '../protocol/diagnostic';
import { decodeMoveRequest } from '../protocol/requests';
import { type StateResponse, encodeUpgradeResponse } from '../protocol/responses';
import { HOST_TYPE } from '../schema/host';
import { rpc } from './rpc';

/** Always an error, with the commands that lead to the same end. */
export const moveResourceState = rpc({
  name: 'MoveResourceState',
  decode: decodeMoveRequest,
  serve: ({ sourceType }): StateResponse => {
    throw new Rejected([
      {
        severity: 'error',
        summary: `A ${sourceType} cannot be moved to a ${HOST_TYPE}`,
        detail: `to do: terraform import ${HOST_TYPE}.NAME scope@address:port, and terraform state rm the ${sourceType}`,
      },
    ]);
  },
  fail: (diagnostics): StateResponse => ({ diagnostics }),
  encode: encodeUpgradeResponse,
});
