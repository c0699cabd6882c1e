// Refresh of one host: the parts as they are live. Used by the engine, and by import and apply to tell what changed.
import type { Parts } from '../model/declaration';
import { isFullyModelled } from '../model/rule';
import { parseParts } from '../syntax/parts';
import type { ChainAlignment } from './align';
import { align, isAligned } from './align';
import { declaredOnly } from './declared';
import type { DesiredState } from './desired';
import { toDesired } from './desired';
import type { HostState, HostTarget, Memory, Note, Refreshed } from './engine';
import { InvalidInput } from '../model/errors';
import type { Host } from './host';
import type { Live } from './live';
import { parseMemory, printMemory, remember } from './memory';
import { prove } from './proof';
import { questionOf, readLive } from './read-live';
import { refreshParts } from './refresh';

/** Reads and compares with what was last declared: by the host's own record where it differs from the state's. */
export async function refreshHost(
  host: Host,
  target: HostTarget,
  { state, memory }: { state: HostState; memory: Memory | undefined },
): Promise<Refreshed> {
  const question = questionOf(target, state.parts, parseMemory(memory)?.sysctls);
  const { live, declared } = await readLive(host, target, question);
  const baseline = declared?.parts ?? declaredOnly(state.parts);
  const id = live.manifest.scopes[target.scope.name]?.id ?? state.id;
  return {
    state: { parts: await liveParts(host, target, { baseline, live }), ...(id === undefined ? {} : { id }) },
    memory: printMemory(remember(target.scope, live)),
    notes: otherId(target, state, live),
  };
}

/** What the parts of the baseline are live. Asks the host for its wording only where text and meaning leave a doubt. */
export async function liveParts(
  host: Host,
  target: HostTarget,
  { baseline, live }: { baseline: Parts; live: Live },
): Promise<Parts> {
  const { desired } = toDesired(parseParts(baseline).declared, target.scope, true);
  let alignments = align(desired, live);
  if (isDoubtful(desired, alignments)) alignments = align(desired, live, await wordingOf(host, desired));
  return refreshParts(baseline, { desired, alignments, live });
}

/** A rule with words that we do not know, which seems to be missing, may only be worded otherwise. */
function isDoubtful(desired: DesiredState, alignments: readonly ChainAlignment[]): boolean {
  if (desired.chains.size === 0 || alignments.every(isAligned)) return false;
  return alignments.some(({ missing }) => missing.some(({ rule }) => !isFullyModelled(rule)));
}

async function wordingOf(host: Host, desired: DesiredState): Promise<Parameters<typeof align>[2]> {
  try {
    return (await prove(host, desired)).wording;
  } catch (error) {
    // What was declared once is refused today (another kernel, other tools): then it is as missing as it looks.
    if (error instanceof InvalidInput) return undefined;
    throw error;
  }
}

function otherId(target: HostTarget, state: HostState, live: Live): Note[] {
  const id = live.manifest.scopes[target.scope.name]?.id;
  if (id === undefined || state.id === undefined || id === state.id) return [];
  return [
    {
      summary: `Scope "${target.scope.name}" on ${target.name} is not the one in the state`,
      detail: `The host says id ${id}, the state says ${state.id}: the host was replaced, or another state applied to it.`,
      attribute: 'id',
    },
  ];
}
