// How long the provider takes to its handshake, beside a Node that does nothing. Used by measure-backend.ts.
import { Launches, launcherIn } from './launch';
import type { Commands } from './commands';
import type { Clocked, Steps } from './rounds';
import { runInTurn } from './rounds';

/** `stack` is a folder with the provider in it. The first round does not count. */
export async function measureStart(
  commands: Commands,
  { stack, rounds }: { readonly stack: string; readonly rounds: number },
  clocked: Clocked,
): Promise<void> {
  const launches = new Launches(launcherIn(stack));
  const steps: Steps = [
    { subject: 'gatewright', operation: 'start', run: () => launches.untilHandshake() },
    { subject: 'node', operation: 'start', run: () => commands.must([process.execPath, '-e', '0']) },
  ];
  await runInTurn([steps], () => undefined);
  for (let round = 0; round < rounds; round += 1) {
    commands.signal.throwIfAborted();
    await runInTurn([steps], clocked);
  }
}
