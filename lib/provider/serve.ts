// The provider as a process: whom it serves, and how it ends. Called by main.ts with what it stands on.
import { sweepSocketFolders } from './protocol/socket-folder';
import { readInvitation } from './protocol/handshake';
import { freshCertificate, openLaunch } from './launch';
import { type Backend, Session } from './session';
import type { Run } from './stay';
import { trace } from './trace';

const PARENT_CHECK_MS = 1000;

/** Serves until Terraform says Shutdown, sends SIGTERM, or is gone. With a run: all its launches, until Terraform is gone. */
export async function serve(backend: Backend, run?: Run): Promise<void> {
  const invitation = readInvitation(process.env);
  if (invitation.kind === 'refused') {
    process.stderr.write(`${invitation.why}\n`);
    process.exitCode = 1;
    return;
  }
  // Ctrl-C and a closed terminal reach the whole process group. They are for Terraform: it sends StopProvider, and we must be there to
  // roll back; or it ends; or it goes on, where nohup(1) runs it.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  const { clientCertificate } = invitation;
  if (run === undefined) await serveAlone(backend, clientCertificate);
  else await (await import('./stay.js')).stay(backend, run, clientCertificate);
  // Now, because nobody waits for it any more.
  void sweepSocketFolders();
}

async function serveAlone(backend: Backend, clientCertificate: string): Promise<void> {
  const launch = await openLaunch({
    session: new Session(backend, process.env),
    certificate: await freshCertificate(),
    clientCertificate,
    // A connection takes leave of its host in the next turn.
    onEnded: () => setImmediate(() => process.exit(0)),
  });
  endWithTerraform(() => void launch.retire());
  // A Terraform that is gone before it reads the handshake has closed our standard output.
  process.stdout.on('error', launch.end);
  process.stdout.write(launch.handshake);
  trace('handshake', performance.now());
}

function endWithTerraform(retire: () => void): void {
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
