// What an RPC is: decode, serve, encode, and one door at which every error becomes diagnostics. Each file here is one RPC.
import type { Diagnostic } from '../protocol/diagnostic';
import { diagnose } from '../diagnose';
import type { Session } from '../session';

/** From request bytes to response bytes. Rejects only where no response can carry the error. */
export interface Rpc {
  readonly name: string;
  serve(message: Uint8Array, session: Session): Promise<Uint8Array>;
}

/** What one RPC consists of. `Response` holds the diagnostics in the form that `encode` knows. */
export interface RpcSteps<Request, Response> {
  readonly name: string;
  readonly decode: (message: Uint8Array) => Request;
  readonly serve: (request: Request, session: Session) => Promise<Response> | Response;
  /** What Terraform gets where serving failed: never less than it had before. */
  readonly fail: (diagnostics: readonly Diagnostic[], request: Request) => Response;
  readonly encode: (response: Response) => Uint8Array;
}

/** A message that is not even protobuf is no diagnostic but a failed call: nobody could say what state to keep. */
export function rpc<Request, Response>(steps: RpcSteps<Request, Response>): Rpc {
  return {
    name: steps.name,
    serve: async (message, session) => {
      const request = steps.decode(message);
      try {
        return steps.encode(await steps.serve(request, session));
      } catch (error) {
        return steps.encode(steps.fail(diagnose(error, session.secrets), request));
      }
    },
  };
}
