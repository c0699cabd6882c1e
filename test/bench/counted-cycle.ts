// A cycle of which everything is counted that a timed run leaves alone: memory, traffic, lines.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { watchMemory } from './peak-memory';
import type { Step, Steps } from './rounds';
import type { Unit } from './rows';
import { readLinesSent } from './traces';
import type { Traffic } from './traffic';

export interface Counters {
  /** Of the way that the steps take to their hosts. */
  readonly traffic: Traffic;
  /** Where Terraform writes its log. */
  readonly logPath: string;
}

export type Counted = (step: Step, count: { readonly unit: Unit; readonly value: number }) => void;

/** What Terraform is to be told so that its log has the provider's traces, and little else. */
export function tracingEnvironment(logPath: string): NodeJS.ProcessEnv {
  return { GATEWRIGHT_TRACE: '1', TF_LOG_PROVIDER: 'debug', TF_LOG_PATH: logPath };
}

export async function runCounted(
  steps: Steps,
  { traffic, logPath }: Counters,
  counted: Counted,
): Promise<void> {
  for (const step of steps) {
    await step.prepare?.();
    rmSync(logPath, { force: true });
    traffic.reset();
    const memory = watchMemory();
    try {
      await step.run();
    } finally {
      const peak = await memory.stop();
      const log = existsSync(logPath) ? readFileSync(logPath, 'utf8') : '';
      const { connections, bytes, roundTrips } = traffic.count;
      const lines = readLinesSent(log);
      const counts: readonly [Unit, number | undefined][] = [
        ['MiB', peak.provider],
        ['MiB-terraform', peak.terraform],
        ['bytes', bytes],
        ['connections', connections],
        ['round-trips', roundTrips],
        ['lines', lines.length === 0 ? undefined : lines.reduce((sum, each) => sum + each, 0)],
      ];
      for (const [unit, value] of counts) {
        if (value !== undefined) counted(step, { unit, value });
      }
    }
  }
}
