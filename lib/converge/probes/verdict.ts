// How one try of a probe ended, and what it may use. Used by the files of each kind of probe.
import type { SshConnection } from '../../ssh/connection';

/** `isFinal`: another try would end the same. */
export type Verdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly reason: string; readonly isFinal: boolean };

/** What one try may use, and until when. The signal says that the time is over, or that the apply was interrupted. */
export interface Try {
  readonly connection: SshConnection;
  readonly signal: AbortSignal;
  readonly secondsLeft: number;
}

/** It works. */
export const PASSED: Verdict = { kind: 'passed' };

/** It does not work yet. */
export function failed(reason: string): Verdict {
  return { kind: 'failed', reason, isFinal: false };
}

/** It will not work, however often it is tried. */
export function hopeless(reason: string): Verdict {
  return { kind: 'failed', reason, isFinal: true };
}
