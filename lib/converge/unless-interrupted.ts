// Waits for work that changes nothing on a host, until the user asks to stop. Used before a transaction begins.
import { unlessAborted } from '../ssh/unless-aborted';
import { interrupted } from './errors';

/** Throws `Refused` (interrupted) as soon as the signal comes, whatever is being waited for. Where it came before, nothing is begun. */
export async function unlessInterrupted<T>(
  work: () => Promise<T>,
  { host, signal }: { readonly host: string; readonly signal: AbortSignal },
): Promise<T> {
  try {
    signal.throwIfAborted();
    return await unlessAborted(work(), signal);
  } catch (error) {
    throw signal.aborted ? interrupted(host, error) : error;
  }
}
