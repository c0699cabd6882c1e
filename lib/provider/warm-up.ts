// Runs through what a start does, without Terraform, so that V8's code cache holds it. Called when the provider is installed.
import { startServer } from './protocol/grpc-server';
import { printHandshake } from './protocol/handshake';
import { getProviderSchema } from './rpc/get-provider-schema';
import { type Backend, Session } from './session';

/** Rejects where a start would fail. */
export async function warmUp(backend: Backend): Promise<void> {
  const session = new Session(backend, {});
  const { makeCertificate } = await import('./protocol/certificate.js');
  const certificate = makeCertificate(new Date());
  const method = {
    path: '/tfplugin6.Provider/GetProviderSchema',
    call: (message: Uint8Array) => getProviderSchema.serve(message, session),
  };
  const server = await startServer([method], certificate, certificate.pem);
  printHandshake(server.socketPath, certificate.der);
  await getProviderSchema.serve(new Uint8Array(), session);
  await session.engine();
  server.close();
}
