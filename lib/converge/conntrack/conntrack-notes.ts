// What is told of conntrack entries of UDP that an apply makes wrong and nobody deletes. Used by plan and apply.
import type { Wording } from '../align';
import type { DesiredState } from '../desired';
import { diff } from '../diff';
import type { HostTarget, Note } from '../engine';
import type { Outcome } from '../host';
import type { Live } from '../live';
import { holdAndRelease } from '../release';
import type { StaleEntries } from './stale-entries';
import { printStaleEntries, staleEntries } from './stale-entries';

/** For a plan: the host has no tool to delete them with. */
export function conntrackNotes(
  { name }: HostTarget,
  { desired, live, wording }: { desired: DesiredState; live: Live; wording: Wording },
): readonly Note[] {
  if (live.hasConntrack) return [];
  const changes = [...diff(desired, live, wording), ...holdAndRelease(desired, live).released];
  const { kept: stale } = staleEntries(live.chains, changes);
  if (stale.length === 0) return [];
  return [
    {
      summary: `${name} has no conntrack(8): UDP clients that go on sending keep the endpoint that they have`,
      detail: [
        'The kernel asks table nat for the first packet of a conntrack entry only. After this apply these would be deleted:',
        ...printSome(stale),
        TIMES_OUT,
        'Install conntrack there (Debian: apt install conntrack) before you apply.',
      ].join('\n'),
    },
  ];
}

/** For an apply that is kept. */
export function staleNotes(
  { name }: HostTarget,
  stale: readonly StaleEntries[],
  { staleLeft }: Extract<Outcome, { kind: 'kept' }>,
): readonly Note[] {
  if (staleLeft === undefined) return [];
  return [
    {
      summary: `${name}: conntrack entries of UDP could not be deleted`,
      detail: [staleLeft, 'They may still be there:', ...printSome(stale), TIMES_OUT].join('\n'),
    },
  ];
}

const TIMES_OUT =
  'A client that goes on sending from one socket is served as before until it has been silent for ' +
  'net.netfilter.nf_conntrack_udp_timeout_stream seconds (120, unless set); new sockets are served by the new rules.';

/** As many as a reader can use. */
const MOST_LINES = 5;

function printSome(stale: readonly StaleEntries[]): string[] {
  const more = stale.length - MOST_LINES;
  return [...stale.slice(0, MOST_LINES).map(printStaleEntries), ...(more > 0 ? [`and ${more} more`] : [])];
}
