// How long a transaction may take before its guard takes it back, and the secret by which it is confirmed. Used by what makes transactions.
import { randomBytes } from 'node:crypto';
import type { HostTarget } from './engine';
import type { Confirmation } from './host';
import type { Step } from './plan';
import { longestProbing } from './probes/run-probes';

/** For what a transaction does beside its steps: it remembers, reads back, compares. */
const GUARD_SECONDS = 60;

/** Slower than any host that was measured: User-Mode Linux loads a megabyte of rules in a second. */
const BYTES_A_SECOND = 20_000;

/** The time for all steps, and for the confirmation, if there is one. */
export function guardSecondsFor(steps: readonly Step[], confirm?: Confirmation): number {
  const bytes = steps.reduce((sum, { forward }) => sum + forward.length, 0);
  return GUARD_SECONDS + Math.ceil(bytes / BYTES_A_SECOND) + (confirm?.timeoutSeconds ?? 0);
}

/** The secret is for this one transaction. Probes have their time beside that of the new connection. */
export function newConfirmation({ confirmTimeoutSeconds, probes = [] }: HostTarget): Confirmation {
  return {
    id: randomBytes(12).toString('hex'),
    secret: randomBytes(24).toString('hex'),
    timeoutSeconds: confirmTimeoutSeconds + longestProbing(probes),
  };
}
