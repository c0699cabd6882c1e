// Waits for what changes nothing on a host, but not when the user has asked to stop. Used before a transaction begins.
import { unlessAborted } from '../ssh/unless-aborted';
import { interrupted } from './errors';

/** Throws `Refused` (interrupted) as soon as the signal comes, whatever the host is waited for. */
export async function unlessInterrupted<T>(
  work: Promise<T>,
  { host, signal }: { readonly host: string; readonly signal: AbortSignal },
): Promise<T> {
  try {
    return await unlessAborted(work, signal);
  } catch (error) {
    throw signal.aborted ? interrupted(host, error) : error;
  }
}
