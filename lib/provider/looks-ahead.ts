// Looks at hosts that begin where Terraform takes up their state, a third of a second before it asks for their read. Used by session.ts.
import type { Look } from '../converge/read-live';
import { printRest } from './host-message';
import { hasParts, hostStateOf } from './host-target';
import type { Host } from './schema/host';

interface Ahead {
  readonly host: Host;
  readonly look: Promise<Look | undefined>;
}

/** Of one launch, so that what a plan tells was read in that plan. Each serves one read, of the very state that it was begun for. */
export class LooksAhead {
  private readonly begun = new Map<string, Ahead>();

  begin(host: Host, look: Promise<Look | undefined>): void {
    // It may be that nobody asks for it.
    look.catch(() => undefined);
    this.begun.set(printRest(host), { host, look });
  }

  /** Nothing where no look was begun. Rejects as the read itself would. */
  async take(host: Host): Promise<Look | undefined> {
    const key = printRest(host);
    const ahead = this.begun.get(key);
    this.begun.delete(key);
    return ahead !== undefined && hasParts(ahead.host, hostStateOf(host).parts) ? ahead.look : undefined;
  }
}
