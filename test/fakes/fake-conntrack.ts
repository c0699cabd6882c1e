// The conntrack table of UDP in memory, with conntrack(8), which a host may lack: what it deletes when a transaction has ended.
import type { Outcome, Transaction } from '../../lib/converge/host';
import type { Family } from '../../lib/model/iptables';
import { linesOf } from './fake-lines';

/** Address and port as one word each, `10.96.0.10:53` or `[fd00::1]:53`. */
export interface FakeConntrackEntry {
  readonly family: Family;
  readonly client: string;
  readonly to: string;
  /** Where answers come from: `to`, if nothing has translated it. */
  readonly answeredBy: string;
}

export class FakeConntrack {
  isInstalled = true;
  entries: readonly FakeConntrackEntry[] = [];
  /** What the tool says when it fails. */
  failure: string | undefined;
  private readonly own = new Set(['127.0.0.1', '::1']);

  /** What is stale by how the transaction ended goes, and the outcome tells if it did not. */
  settle(outcome: Outcome, stale: Transaction['stale']): Outcome {
    const isKept = outcome.kind === 'kept';
    if (!isKept && !outcome.undone) return outcome;
    const lines = linesOf(stale?.[isKept ? 'kept' : 'undone'] ?? '').map((line) => line.split(' '));
    if (lines.length === 0) return outcome;
    if (this.failure !== undefined)
      return isKept
        ? { ...outcome, staleLeft: this.failure }
        : { ...outcome, message: `${outcome.message}\n${this.failure}` };
    this.entries = this.entries.filter((entry) => !this.isStale(entry, lines));
    return outcome;
  }

  private isStale(entry: FakeConntrackEntry, lines: readonly (readonly string[])[]): boolean {
    const [to, port] = split(entry.to);
    const [from, answer] = split(entry.answeredBy);
    const kinds = lines
      .filter(([kind, family, address, first, last, endpoint, endpointPort]) => {
        if (family !== entry.family || Number(port) < Number(first) || Number(port) > Number(last))
          return false;
        if (address !== '-' && address !== to) return false;
        if (kind !== 'untranslated')
          return (
            entry.to !== entry.answeredBy && endpoint === from && ['-', answer].includes(endpointPort ?? '')
          );
        return entry.to === entry.answeredBy && (address === to || this.own.has(to));
      })
      .map(([kind]) => kind);
    return kinds.length > 0 && !kinds.includes('but');
  }
}

function split(word: string): readonly [address: string, port: string] {
  const at = word.lastIndexOf(':');
  return [word.slice(0, at).replace(/[[\]]/g, ''), word.slice(at + 1)];
}
