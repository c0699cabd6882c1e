// Reads one host and scope: live state, and the parts that were last declared there. Every verb of the engine begins with it.
import type { Parts } from '../model/declaration';
import type { Table } from '../model/iptables';
import { TABLES } from '../model/iptables';
import { parseParts } from '../syntax/parts';
import type { DeclaredRecord } from './declared';
import { declaredOnly, parseRecordFile, partsDigest } from './declared';
import type { DesiredState } from './desired';
import type { HostTarget } from './engine';
import { Refused } from './errors';
import type { Host, Question, Reading } from './host';
import type { Live, LiveChain } from './live';
import { toLiveChains, withBuiltInChains } from './live';
import { EMPTY_MANIFEST, parseManifest } from './manifest';
import type { Remembered } from './memory';
import { manifestOf } from './memory';
import { ownChains } from './ownership';

export interface LiveReading {
  readonly live: Live;
  /** What was last confirmed on the host, if that is not what the caller knows. */
  readonly declared?: DeclaredRecord;
  /** True if the host has nothing of the scope: neither in its manifest nor a chain or rule. */
  readonly isGone: boolean;
  /** True if the host has rules of the scope but no manifest, and the caller's copy stands in. */
  readonly isManifestLost: boolean;
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
}

export function questionOf(target: HostTarget, { parts, remembered, desired }: Known): Question {
  const held = Object.keys(remembered?.owned?.scope.sysctls ?? {});
  return {
    scope: target.scope.name,
    declaredDigest: partsDigest(parts),
    sysctls: [...new Set([...sysctlsOf(parts), ...held, ...(desired?.sysctls.keys() ?? [])])].sort(),
    lockTimeoutSeconds: target.lockTimeoutSeconds,
  };
}

export function readLive(host: Host, target: HostTarget, known: Known): Promise<LiveReading> {
  return askingForAll(questionOf(target, known), async (question) =>
    toLive(await host.read(question), target, known),
  );
}

/** Asks once more where the host's manifest names sysctls that the first question did not. */
export async function askingForAll<T>(
  question: Question,
  ask: (question: Question) => Promise<T>,
): Promise<T> {
  try {
    return await ask(question);
  } catch (error) {
    if (!(error instanceof NotAskedFor)) throw error;
    return ask({ ...question, sysctls: [...question.sysctls, ...error.sysctls] });
  }
}

class NotAskedFor extends Error {
  constructor(readonly sysctls: readonly string[]) {
    super(`not asked for: ${sysctls.join(', ')}`);
  }
}

/** Throws `Refused` (unreadable) for rules that iptables-save cannot show and for a manifest that is not ours. */
export function toLive(reading: Reading, target: HostTarget, known: Known): LiveReading {
  const found = parsed('manifest', target, () =>
    reading.manifest === undefined ? undefined : parseManifest(reading.manifest),
  );
  const copy = known.hostAlone === true ? undefined : known.remembered?.owned;
  const manifest = found ?? (copy === undefined ? EMPTY_MANIFEST : manifestOf(target.scope, copy));
  const chains = parsed('iptables-save', target, () => readChains(reading.ipv4, known));
  // A record whose digest is not the manifest's is of an apply that was not confirmed.
  const digest = manifest.scopes[target.scope.name]?.declaredDigest;
  const declared = parsed('declared', target, () =>
    reading.declared === undefined ? undefined : parseRecordFile(reading.declared, digest),
  );
  const more = Object.keys(manifest.scopes[target.scope.name]?.sysctls ?? {}).filter(
    (key) => !reading.sysctls.has(key),
  );
  if (more.length > 0) throw new NotAskedFor(more);
  const live = { chains, sysctls: reading.sysctls, manifest };
  const hasRules = ownChains(target.scope, live).length > 0;
  return {
    live,
    ...(declared === undefined ? {} : { declared }),
    isGone: !hasRules && found?.scopes[target.scope.name] === undefined,
    isManifestLost: hasRules && found === undefined && copy !== undefined,
  };
}

/** Rules that iptables-save hides count only in a table that the scope uses, as far as that is known. */
function readChains(save: string, known: Known): Map<string, LiveChain> {
  try {
    return withBuiltInChains(toLiveChains(save, 'ipv4'), 'ipv4');
  } catch (error) {
    const used = tablesOf(known);
    if (used.length === 0) throw error;
    return withBuiltInChains(toLiveChains(save, 'ipv4', used), 'ipv4');
  }
}

function tablesOf({ parts, remembered, desired }: Known): Table[] {
  const declared = parseParts(declaredOnly(parts)).declared.flatMap(({ declaration }) =>
    'table' in declaration ? [declaration.table] : [],
  );
  const keys = [
    ...(desired?.chains.keys() ?? []),
    ...(desired?.policies.keys() ?? []),
    ...(remembered?.owned?.scope.chains ?? []),
    ...Object.keys(remembered?.owned?.scope.policies ?? {}),
  ];
  return TABLES.filter(
    (table) => declared.includes(table) || keys.some((key) => key.split(' ')[1] === table),
  );
}

function parsed<T>(what: keyof typeof UNREADABLE_FIX, target: HostTarget, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `${target.name}: ${what} cannot be read: ${why}`;
    throw new Refused('unreadable', message, UNREADABLE_FIX[what], { cause });
  }
}

const UNREADABLE_FIX = {
  manifest:
    'look at /var/lib/gatewright/manifest.json on the host; if it is damaged, move it away and import the host anew',
  declared: 'look at /var/lib/gatewright/declared on the host; if it is damaged, remove that file',
  'iptables-save':
    'rules that iptables-save cannot show must go from the tables that iptables uses (nft list ruleset shows them); put them into an nft table of their own',
} as const;

function sysctlsOf(parts: Parts): string[] {
  const some = Object.entries(declaredOnly(parts)).filter(([, text]) => text.includes('sysctl'));
  return parseParts(Object.fromEntries(some)).declared.flatMap(({ declaration }) =>
    declaration.kind === 'sysctl' ? [declaration.key] : [],
  );
}
