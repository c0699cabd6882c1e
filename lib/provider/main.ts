// The provider as it is bundled: on the real engine and on real SSH, both loaded at first use. Run by install/start.ts.
import { rehearse } from './rehearsal';
import { serve as serveOn } from './serve';
import type { Run } from './stay';
import type { Backend } from './session';
import { warmUp as warmUpOn } from './warm-up';

const backend: Backend = {
  loadEngine: async () => (await import('../converge/create-engine.js')).createEngine(),
  connect: async (settings, signal) =>
    (await import('../ssh/connect.js')).connect(settings, undefined, signal),
};

/** Serves Terraform until it says that it is done; with a run, until that is over. */
export function serve(run?: Run): Promise<void> {
  return serveOn(backend, run);
}

/** Loads and runs what a start and a first plan need, for the code cache. */
export async function warmUp(): Promise<void> {
  const { createEngine } = await import('../converge/create-engine.js');
  await rehearse(createEngine);
  // With it ssh2, which connect.ts alone would load at the first connection.
  await import('../ssh/open.js');
  await warmUpOn(backend);
}
