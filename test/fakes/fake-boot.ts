// What a host in memory keeps for a boot, by scope, and what a reading finds changed of it. Used by fake-host.ts.
import type { Reading, Transaction } from '../../lib/converge/host';

export class FakeBoot {
  readonly kept = new Map<string, Transaction['boot']>();
  /** As a host words it. */
  changes = '';

  remember({ scope, boot }: Transaction): void {
    if (boot !== 'kept') this.kept.set(scope, boot);
  }

  read(isAskedFor = false): Pick<Reading, 'boot'> {
    return isAskedFor ? { boot: this.changes } : {};
  }
}
