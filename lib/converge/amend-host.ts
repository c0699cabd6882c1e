// A small transaction on virtual and real servers and on what the host remembers of them; all that is declared stays. Used by drain-host.ts.
import type { EntryChange } from './change';
import type { HostTarget } from './engine';
import { watchedEntries } from './expectation';
import type { Host, Question, Transaction } from './host';
import { guardSecondsFor } from './guarded';
import { planIpvs } from './ipvs/plan-ipvs';
import type { Manifest } from './manifest';
import { printManifest } from './manifest';
import type { Known, LiveReading } from './read-live';
import { askingForAll, questionOf, toLive } from './read-live';
import { checkOutcome } from './transact-host';

/** What is to be changed, and what the host shall remember afterwards. */
export interface Amendment {
  readonly changes: readonly EntryChange[];
  readonly manifest: Manifest;
}

interface Amending {
  readonly known: Known;
  /** Under the host's lock. Nothing is run where it throws or returns nothing. */
  readonly decide: (reading: LiveReading) => Amendment | undefined;
  readonly signal: AbortSignal;
}

/** Throws `Refused`, `ApplyFailed`, or what `decide` throws. */
export async function amendHost(
  host: Host,
  target: HostTarget,
  { known, decide, signal }: Amending,
): Promise<void> {
  // The record of what is declared is written back as it is, so it must come with the reading.
  const asked: Question = { ...questionOf(target, known), declaredDigest: 'none' };
  const outcome = await askingForAll(asked, (question) =>
    host.transact(
      question,
      (reading): Transaction | undefined => {
        const amendment = decide(toLive(reading, target, known));
        if (amendment === undefined) return undefined;
        const { first, last } = planIpvs(amendment.changes);
        const steps = [...first, ...last];
        return {
          steps,
          guardSeconds: guardSecondsFor(steps),
          boot: 'kept',
          isAmendment: true,
          expected: { rules: {}, entries: watchedEntries(amendment.changes), sysctls: '' },
          scope: target.scope.name,
          manifest: printManifest(amendment.manifest),
          ...(reading.declared === undefined ? {} : { declared: reading.declared }),
        };
      },
      { signal },
    ),
  );
  checkOutcome(target, outcome);
}
