// The gRPC server on a private Unix socket with TLS on both sides. The only file that knows grpc-js; used by serve.ts.
import { rmSync } from 'node:fs';
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type UntypedServiceImplementation,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import type { Certificate } from './certificate';
import { makeSocketFolder } from './socket-folder';

/** One unary RPC, bytes to bytes. An error that it rejects with becomes a status; `Unserved` becomes UNIMPLEMENTED. */
export interface Method {
  /** `/tfplugin6.Provider/ReadResource`. */
  readonly path: string;
  readonly call: (request: Uint8Array) => Promise<Uint8Array>;
}

/** An RPC that the protocol has and this provider does not. */
export class Unserved extends Error {}

/** A server that listens. */
export interface RunningServer {
  readonly socketPath: string;
  /** Drops whoever is connected and removes the socket with its folder. */
  close(): void;
}

/** Listens with our certificate for the one client whose certificate is given; nobody else gets past TLS. */
export async function startServer(
  methods: readonly Method[],
  certificate: Certificate,
  clientCertificatePem: string,
): Promise<RunningServer> {
  const server = new Server({
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  });
  server.addService(serviceOf(methods), implementationOf(methods));
  const credentials = ServerCredentials.createSsl(
    Buffer.from(clientCertificatePem),
    [{ cert_chain: Buffer.from(certificate.pem), private_key: Buffer.from(certificate.privateKeyPem) }],
    true,
  );
  const { folder, socketPath } = makeSocketFolder();
  const close = () => {
    server.forceShutdown();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await listen(server, socketPath, credentials);
  } catch (error) {
    close();
    throw error;
  }
  return { socketPath, close };
}

function listen(server: Server, socketPath: string, credentials: ServerCredentials): Promise<void> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`unix:${socketPath}`, credentials, (error) => {
      if (error === null) resolve();
      else reject(new Error(`Cannot listen on ${socketPath}; a shorter TMPDIR may help`, { cause: error }));
    });
  });
}

// Messages stay bytes here: requests.ts and responses.ts know what is in them.
function serviceOf(methods: readonly Method[]): ServiceDefinition {
  const asGiven = (bytes: Buffer) => bytes;
  const definition = {
    requestStream: false,
    responseStream: false,
    requestSerialize: asGiven,
    requestDeserialize: asGiven,
    responseSerialize: (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    responseDeserialize: asGiven,
  };
  return Object.fromEntries(methods.map(({ path }) => [path, { ...definition, path }]));
}

function implementationOf(methods: readonly Method[]): UntypedServiceImplementation {
  return Object.fromEntries(
    methods.map(({ path, call }) => [
      path,
      (request: ServerUnaryCall<Buffer, Uint8Array>, answer: sendUnaryData<Uint8Array>) => {
        call(request.request).then(
          (response) => {
            answer(null, response);
          },
          (error: unknown) => {
            answer(toStatus(error));
          },
        );
      },
    ]),
  );
}

function toStatus(error: unknown): { code: status; details: string } {
  const details = error instanceof Error ? error.message : String(error);
  return { code: error instanceof Unserved ? status.UNIMPLEMENTED : status.INTERNAL, details };
}
