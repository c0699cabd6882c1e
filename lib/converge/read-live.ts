// Reads one host and scope: live state, and the parts that were last declared there. Every verb of the engine begins with it.
import type { Parts } from '../model/declaration';
import { KUBE_PROXY_PREFIX } from '../model/scope';
import { parseParts } from '../syntax/parts';
import { checkBackends, toOtherBackend } from './backends';
import type { DeclaredRecord } from './declared';
import { declaredOnly, parseRecordFile, partsDigest } from './declared';
import type { DesiredState } from './desired';
import type { HostTarget } from './engine';
import { Refused } from './errors';
import type { Host, Question, Reading } from './host';
import { checkPrefix } from './chain-prefix';
import type { Live } from './live';
import { parseCameBy } from './lockout/came-by';
import { EMPTY_MANIFEST, parseManifest } from './manifest';
import type { Owned, Remembered } from './memory';
import { readPart } from './meaning';
import { withCopy } from './memory';
import { modulesOf } from './modules';
import { ownChains } from './ownership';
import { parsed, readChainsOf, readEntriesOf } from './parse-reading';
import { withoutReplaced } from './replaced';
import { READ_NAMES, readsNamedIn, readsOf } from './reads';
import { SUBSYSTEMS } from './subsystems';

/** One look at a host, which may serve again within the plan that it was made for. */
export interface Look {
  readonly question: Question;
  readonly reading: Reading;
}

export interface LiveReading {
  readonly live: Live;
  /** What was last confirmed on the host, if that is not what the caller knows. */
  readonly declared?: DeclaredRecord;
  /** Lines in plain words, where they were asked for: what for a boot is not as it was confirmed. */
  readonly boot?: string;
  /** True if the host has nothing of the scope: neither in its manifest nor a chain, rule or entry. */
  readonly isGone: boolean;
  /** True if the host has something of the scope but does not know it, and the caller's copy stands in. */
  readonly isManifestLost: boolean;
  /** True if the host has something of the scope, and neither its manifest nor the caller knows what else is the scope's. */
  readonly isAllLost: boolean;
  /** True if the host took back an apply that had lost its process, just before it read. */
  readonly hasRecovered: boolean;
}

/** What a caller knows of a scope before it reads. */
export interface Known {
  /** As in the state. */
  readonly parts: Parts;
  readonly remembered?: Remembered | undefined;
  /** What shall be. */
  readonly desired?: DesiredState;
  /** True where the host's own manifest alone may speak, and no copy of it: is this the host, is the scope still there? */
  readonly hostAlone?: boolean;
  /** What goes before what shall be comes: its prefix is free by then. */
  readonly replaced?: Owned | undefined;
  /** True where also what is kept for a boot is looked at. */
  readonly withBoot?: boolean;
  /** What is needed whatever the host answers: reckoned while it reads. @default - nothing */
  readonly prepare?: () => void;
}

export function questionOf(target: HostTarget, { parts, remembered, desired, withBoot }: Known): Question {
  const held = Object.keys(remembered?.owned?.scope.sysctls ?? {});
  const reads = new Set<string>([
    ...readsNamedIn(declaredOnly(parts)),
    ...(remembered?.owned?.scope.reads ?? []),
    ...(desired === undefined ? [] : readsOf(desired)),
    ...(target.scope.chainPrefix === KUBE_PROXY_PREFIX ? ['kubeproxy'] : []),
  ]);
  return {
    scope: target.scope.name,
    declaredDigest: partsDigest(parts),
    sysctls: [...new Set([...sysctlsOf(parts), ...held, ...sysctlsNeeded(desired)])].sort(),
    reads: READ_NAMES.filter((name) => reads.has(name)),
    modules: desired === undefined ? [] : [...modulesOf(desired).keys()],
    lockTimeoutSeconds: target.lockTimeoutSeconds,
    ...(withBoot === true ? { boot: true } : {}),
  };
}

/** Those that are declared, and those that a subsystem's notes look at. */
function sysctlsNeeded(desired: DesiredState | undefined): string[] {
  if (desired === undefined) return [];
  return [...desired.sysctls.keys(), ...SUBSYSTEMS.flatMap(({ sysctls }) => sysctls?.(desired) ?? [])];
}

export async function readLive(host: Host, target: HostTarget, known: Known): Promise<LiveReading> {
  return (await lookAt(host, target, known)).found;
}

/** As `readLive`, with the look itself. */
export function lookAt(
  host: Host,
  target: HostTarget,
  known: Known,
): Promise<{ readonly found: LiveReading; readonly look: Look }> {
  return askingForAll(questionOf(target, known), async (question) => {
    const look = await askOnce(host, target, { known, question });
    return { found: toLive(look.reading, target, known), look };
  });
}

/** One reading, of which nothing is made yet. */
export async function askOnce(
  host: Host,
  target: HostTarget,
  { known, question = questionOf(target, known) }: { readonly known: Known; readonly question?: Question },
): Promise<Look> {
  const reading = await host.read(question, () => {
    known.prepare?.();
    target.onIdle?.();
  });
  return { question, reading };
}

/** What an earlier look of the same state tells, where it answers all that is asked now; else nothing. `loaded`: modules that are. */
export function seenAgain(
  { question, reading }: Look,
  target: HostTarget,
  known: Known & { readonly loaded?: ReadonlySet<string> },
): LiveReading | undefined {
  const asked = questionOf(target, known);
  const isAnswered =
    asked.scope === question.scope &&
    asked.sysctls.every((key) => question.sysctls.includes(key)) &&
    asked.reads.every((name) => question.reads.includes(name)) &&
    asked.modules.every((name) => known.loaded?.has(name)) &&
    (asked.boot !== true || question.boot === true);
  if (!isAnswered) return undefined;
  try {
    return toLive(reading, target, known);
  } catch (error) {
    if (error instanceof NotAskedFor) return undefined;
    throw error;
  }
}

/** Asks once more where the host's manifest names what the first question did not. */
export async function askingForAll<T>(
  question: Question,
  ask: (question: Question) => Promise<T>,
): Promise<T> {
  try {
    return await ask(question);
  } catch (error) {
    if (!(error instanceof NotAskedFor)) throw error;
    return ask({
      ...question,
      sysctls: [...question.sysctls, ...error.sysctls],
      reads: READ_NAMES.filter((name) => question.reads.includes(name) || error.reads.includes(name)),
    });
  }
}

class NotAskedFor extends Error {
  constructor(
    readonly sysctls: readonly string[],
    readonly reads: readonly string[],
  ) {
    super(`not asked for: ${[...sysctls, ...reads].join(', ')}`);
  }
}

/**
 * Throws `Refused`: unreadable for rules that iptables-save cannot show and for a manifest that is not ours; two-backends and
 * prefix-taken where what stands there is not what it seems.
 */
export function toLive(reading: Reading, target: HostTarget, known: Known): LiveReading {
  const found = parsed('manifest', target, () =>
    reading.manifest === undefined ? EMPTY_MANIFEST : parseManifest(reading.manifest),
  );
  const chains = readChainsOf(reading, { target, known });
  const entries = readEntriesOf(reading, target);
  const isKnown = found.scopes[target.scope.name] !== undefined;
  const copy = known.hostAlone === true || isKnown ? undefined : known.remembered?.owned;
  const whole = copy === undefined ? found : withCopy(found, target.scope, copy);
  // Where a manifest does not know the scope, a chain without its prefix is not told by the copy alone: it may be another's by now.
  const telling = reading.manifest === undefined ? whole : found;
  const isThere =
    ownChains(target.scope, { chains, manifest: telling }).length > 0 ||
    (copy !== undefined && hasMade(copy, { entries, manifest: found }));
  const manifest = isThere ? whole : telling;
  // A record whose digest is not the manifest's is of an apply that was not confirmed.
  const digest = manifest.scopes[target.scope.name]?.declaredDigest;
  const declared = parsed('declared', target, () =>
    reading.declared === undefined ? undefined : parseRecordFile(reading.declared, digest),
  );
  const more = Object.keys(manifest.scopes[target.scope.name]?.sysctls ?? {}).filter(
    (key) => !reading.sysctls.has(key),
  );
  const drains = Object.values(manifest.draining ?? {}).some(({ scope }) => scope === target.scope.name);
  const unread = [...(manifest.scopes[target.scope.name]?.reads ?? []), ...(drains ? ['ipvs'] : [])].filter(
    (name) => !isReadName(name, reading),
  );
  refuseUnknownReads(unread, target);
  if (more.length + unread.length > 0) throw new NotAskedFor(more, unread);
  const { sysctls, missingModules, backend, hasConntrack } = reading;
  const otherBackend = parsed('iptables-save', target, () => toOtherBackend(backend, reading.beside ?? {}));
  const cameBy = parseCameBy(reading.cameBy ?? '');
  const kubeProxy = reading.sections.get('kubeproxy');
  const live: Live = {
    chains,
    sysctls,
    entries,
    missingModules,
    manifest,
    hasConntrack,
    ...(otherBackend === undefined ? {} : { otherBackend }),
    ...(cameBy === undefined ? {} : { cameBy }),
    ...(kubeProxy === undefined ? {} : { kubeProxy }),
  };
  checkBackends(target, live);
  checkPrefix(target, known.replaced === undefined ? live : withoutReplaced(live, known.replaced));
  return {
    live,
    ...(declared === undefined ? {} : { declared }),
    ...(reading.boot === undefined ? {} : { boot: reading.boot }),
    isGone: !isThere && !isKnown,
    isManifestLost: isThere && copy !== undefined,
    isAllLost: isThere && !isKnown && copy === undefined,
    hasRecovered: reading.hasRecovered,
  };
}

/** To ask again would not help. */
function refuseUnknownReads(unread: readonly string[], target: HostTarget): void {
  const unknown = unread.filter((name) => !READ_NAMES.some((read) => read === name));
  if (unknown.length === 0) return;
  const message = `${target.name}: the manifest names what this version cannot read: ${unknown.join(', ')}`;
  throw new Refused('unreadable', message, 'use the version that applied last, or a newer one');
}

/** What stood there before the scope does not tell that the scope was here, nor what another one holds. */
function hasMade(copy: Owned, { entries, manifest }: Pick<Live, 'entries' | 'manifest'>): boolean {
  return Object.entries(copy.found).some(
    ([key, { value }]) => value === undefined && entries.has(key) && manifest.found[key] === undefined,
  );
}

function isReadName(name: string, { sections }: Reading): boolean {
  return [...sections.keys()].some((read) => read === name);
}

function sysctlsOf(parts: Parts): string[] {
  const some = Object.entries(declaredOnly(parts)).filter(([, text]) => text.includes('sysctl'));
  return parseParts(Object.fromEntries(some), readPart).declared.flatMap(({ declaration }) =>
    declaration.kind === 'sysctl' ? [declaration.key] : [],
  );
}
