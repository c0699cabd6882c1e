// The provider as a process: handshake, certificate, server, and how it ends. Called by main.ts with what it stands on.
import { type Method, type RunningServer, startServer } from './protocol/grpc-server';
import type { Certificate } from './protocol/certificate';
import { sweepSocketFolders } from './protocol/socket-folder';
import { printHandshake, readInvitation } from './protocol/handshake';
import { RPCS } from './rpc/all';
import { RunningCalls } from './running-calls';
import { type Backend, Session } from './session';
import { trace, traced } from './trace';

const SHUTDOWN = '/plugin.GRPCController/Shutdown';
const PARENT_CHECK_MS = 1000;
const LAST_CALLS_MS = 60_000;

/** Serves until Terraform says Shutdown, sends SIGTERM, or is gone. */
export async function serve(backend: Backend): Promise<void> {
  const invitation = readInvitation(process.env);
  if (invitation.kind === 'refused') {
    process.stderr.write(`${invitation.why}\n`);
    process.exitCode = 1;
    return;
  }
  const session = new Session(backend, process.env);
  const calls = new RunningCalls();
  const lifetime: { server?: RunningServer } = {};
  const exit = () => {
    session.close();
    lifetime.server?.close();
    // A connection takes leave of its host in the next turn.
    setImmediate(() => process.exit(0));
  };
  const methods = [...providerMethods(session, calls), shutdownMethod(exit)];
  const certificate = await freshCertificate();
  lifetime.server = await startServer(methods, certificate, invitation.clientCertificate);
  endWithTerraform(() => {
    session.stop();
    void calls.ended(LAST_CALLS_MS).then(exit);
  });
  // A Terraform that is gone before it reads the handshake has closed our standard output.
  process.stdout.on('error', exit);
  process.stdout.write(printHandshake(lifetime.server.socketPath, certificate.der));
  trace('handshake', performance.now());
  // Now, because nobody waits for it any more.
  void sweepSocketFolders();
}

// Loaded here, so that the time which the benchmark allows for a certificate is all of it.
function freshCertificate(): Promise<Certificate> {
  return traced('certificate', async () => {
    const { makeCertificate } = await import('./protocol/certificate.js');
    return makeCertificate(new Date());
  });
}

function providerMethods(session: Session, calls: RunningCalls): Method[] {
  return RPCS.map((rpc) => ({
    path: `/tfplugin6.Provider/${rpc.name}`,
    call: (message) => calls.count(() => traced(rpc.name, () => rpc.serve(message, session))),
  }));
}

// Without it Terraform waits two seconds at each of its launches. The answer must leave before the process does.
function shutdownMethod(exit: () => void): Method {
  return {
    path: SHUTDOWN,
    call: () => {
      setTimeout(exit, 5);
      return Promise.resolve(new Uint8Array());
    },
  };
}

/**
 * Ctrl-C and a closed terminal reach the whole process group. They are for Terraform: it sends StopProvider, and we must be
 * there to roll back; or it ends; or it goes on, where nohup(1) runs it.
 */
function endWithTerraform(retire: () => void): void {
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.once('SIGTERM', retire);
  // A killed Terraform tells nobody. Whoever takes over its children is another process.
  const parent = process.ppid;
  const check = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(check);
    retire();
  }, PARENT_CHECK_MS);
  check.unref();
}
