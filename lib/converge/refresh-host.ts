// Refresh of one host: the parts as they are live. Used by the engine, and by import and apply to tell what changed.
import type { Parts } from '../model/declaration';
import { InvalidInput } from '../model/errors';
import { isFullyModelled } from '../model/rule';
import type { Scope } from '../model/scope';
import type { ChainAlignment, Wording } from './align';
import { align, isAligned, OUR_WORDING } from './align';
import { declaredOnly } from './declared';
import type { DesiredState } from './desired';
import type { HostState, HostTarget, Memory, Refreshed } from './engine';
import type { Host } from './host';
import type { Live } from './live';
import { meaningOf } from './meaning';
import { parseMemory, printMemory, remember } from './memory';
import { allLost, manifestLost, otherId, otherIdThan, recovered } from './notes';
import { prove } from './proof';
import { readAhead } from './read-ahead';
import type { Known, LiveReading, Look } from './read-live';
import { askOnce, lookAt, seenAgain } from './read-live';
import { BOOT_KEY, refreshParts } from './refresh';

/** Reads and compares with what was last declared: by the host's own record where it differs from the state's. */
export async function refreshHost(
  host: Host,
  target: HostTarget,
  { state, memory, look: early }: { state: HostState; memory: Memory | undefined; look?: Look | undefined },
): Promise<Refreshed> {
  const known = { ...knownOf(state), remembered: parseMemory(memory) };
  const { found: reading, look } =
    (early && seenEarly(early, target, known)) ??
    (await readingAhead(target.scope, declaredOnly(state.parts), () => lookAt(host, target, known)));
  const { live, declared, isGone, isManifestLost, isAllLost, hasRecovered } = reading;
  const baseline = declared?.parts ?? declaredOnly(state.parts);
  const other = otherIdThan(state, target.scope, live);
  const id = state.id ?? live.manifest.scopes[target.scope.name]?.id;
  const parts = isGone
    ? {}
    : { ...(await liveParts(host, target, { baseline, live })), ...bootPart(reading) };
  return {
    look,
    // The state keeps its id: by it a plan and a destroy tell that this is another host, or another state's scope.
    state: { parts, ...(id === undefined ? {} : { id }) },
    memory: printMemory(remember(target.scope, live)),
    notes: [
      ...(other === undefined ? [] : [otherId(target, { id: other, prior: state })]),
      ...(isManifestLost ? [manifestLost(target)] : []),
      ...(isAllLost && state.id !== undefined ? [allLost(target)] : []),
      ...(hasRecovered ? [recovered(target)] : []),
    ],
  };
}

/** Asks what a refresh of this state asks, as far as it is known without its memory. */
export function lookAhead(host: Host, target: HostTarget, state: HostState): Promise<Look> {
  return readingAhead(target.scope, declaredOnly(state.parts), () =>
    askOnce(host, target, { known: knownOf(state) }),
  );
}

function knownOf({ parts }: HostState): Known {
  return { parts, withBoot: true };
}

function seenEarly(
  look: Look,
  target: HostTarget,
  known: Known,
): { readonly found: LiveReading; readonly look: Look } | undefined {
  const found = seenAgain(look, target, known);
  return found && { found, look };
}

/** What was last declared is needed as soon as the host has answered. */
async function readingAhead<T>(scope: Scope, parts: Parts, ask: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  try {
    const [answer] = await Promise.all([ask(), readAhead(scope, parts, over.signal)]);
    return answer;
  } finally {
    over.abort();
  }
}

/** As comments: what of the files and units for a boot is not as it was confirmed. An apply makes them anew. */
function bootPart({ boot = '' }: LiveReading): Parts {
  return boot === '' ? {} : { [BOOT_KEY]: boot.replace(/^/gm, '# ').replace(/# $/, '') };
}

/** What the parts of the baseline are live. Asks the host for its wording only where text and meaning leave a doubt. */
export async function liveParts(
  host: Host,
  target: HostTarget,
  { baseline, live }: { baseline: Parts; live: Live },
): Promise<Parts> {
  const { desired } = meaningOf(target.scope, baseline);
  let alignments = align(desired, live, OUR_WORDING);
  if (isDoubtful(desired, alignments)) alignments = align(desired, live, await wordingOf(host, desired));
  return refreshParts(baseline, { desired, alignments, live });
}

/** A rule with words that we do not know, which seems to be missing, may only be worded otherwise. */
function isDoubtful(desired: DesiredState, alignments: readonly ChainAlignment[]): boolean {
  if (desired.chains.size === 0 || alignments.every(isAligned)) return false;
  return alignments.some(({ missing }) => missing.some(({ rule }) => !isFullyModelled(rule)));
}

async function wordingOf(host: Host, desired: DesiredState): Promise<Wording> {
  try {
    return (await prove(host, desired)).wording;
  } catch (error) {
    // What was declared once is refused today (another kernel, other tools): then it is as missing as it looks.
    if (error instanceof InvalidInput) return OUR_WORDING;
    throw error;
  }
}
