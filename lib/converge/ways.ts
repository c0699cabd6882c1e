// How convergence comes to one host: by the connection that all work shares, or by a new one that proves that people can still log in.
import type { FreshHost, Host } from './host';

/** Both reject with an error of `ssh/`, or an `AbortError` where the user asked to stop before the connection was there. */
export interface Ways {
  /** The shared one: made at first use, and anew where the last one was lost. */
  readonly open: () => Promise<Host>;
  /** A new TCP connection, with a key exchange and a login of its own. Whoever asked for it closes it. */
  readonly openFresh: () => Promise<FreshHost>;
}
