// What the host itself remembers: which scopes live there, what they own that cannot carry a mark, and the values found before them.
import type { Backend } from './backends';
import { BACKENDS } from './backends';

/** One scope on one host. */
export interface ScopeManifest {
  /** Random; tells this host and scope from every other. */
  readonly id: string;
  readonly chainPrefix: string;
  /** Digest of what was last confirmed (`declared/SCOPE`). */
  readonly declaredDigest: string;
  /** Keys (`ipv4 nat test`) of chains that are ours by `-N`, without the prefix. */
  readonly chains: readonly string[];
  /** Those of them that existed before, with the rules that they had: they get these back and are never removed. */
  readonly adopted: Readonly<Record<string, readonly string[]>>;
  /** Declared values by key, such as `net.ipv4.ip_forward`. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** Declared policies by chain key. */
  readonly policies: Readonly<Record<string, string>>;
  /** Declared lines of entries by key, but for those in containers that were made for them. */
  readonly entries: Readonly<Record<string, string>>;
  /** What was read of the host beside iptables at the last apply, and so must be read again. */
  readonly reads: readonly string[];
  /** Of iptables, into which the last apply went. Absent where that was not known. */
  readonly backend?: Backend;
}

/** What stood there before the first scope declared its own; the last holder that lets go brings it back. */
export interface FoundValue {
  /** Of an entry: its line. Absent where there was nothing. */
  readonly value?: string;
  readonly holders: readonly string[];
}

/** A real server of IPVS that is removed when its connections have ended. */
export interface Draining {
  readonly scope: string;
  /** Its line as it was, with its weight. */
  readonly line: string;
  /** ISO 8601, by the clock of the apply that began it. */
  readonly since: string;
  readonly until: string;
}

/** `/var/lib/gatewright/current/manifest.json`. */
export interface Manifest {
  readonly version: 1;
  readonly scopes: Readonly<Record<string, ScopeManifest>>;
  /** By `sysctl KEY`, `policy FAMILY TABLE CHAIN`, and the keys of entries. */
  readonly found: Readonly<Record<string, FoundValue>>;
  /** By key. Absent where none drains. */
  readonly draining?: Readonly<Record<string, Draining>>;
}

export const EMPTY_MANIFEST: Manifest = { version: 1, scopes: {}, found: {} };

/** Throws where the text is not a manifest of this version. */
export function parseManifest(text: string): Manifest {
  const manifest: unknown = JSON.parse(text);
  if (!isManifest(manifest)) throw new Error('not a manifest of version 1');
  return manifest;
}

export function printManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 1)}\n`;
}

function isManifest(value: unknown): value is Manifest {
  return (
    isRecord(value) &&
    value['version'] === 1 &&
    isRecord(value['scopes']) &&
    Object.values(value['scopes']).every(isScopeManifest) &&
    isFound(value['found']) &&
    (value['draining'] === undefined || isDraining(value['draining']))
  );
}

export function isScopeManifest(value: unknown): value is ScopeManifest {
  return (
    isRecord(value) &&
    typeof value['id'] === 'string' &&
    typeof value['chainPrefix'] === 'string' &&
    typeof value['declaredDigest'] === 'string' &&
    isStrings(value['chains']) &&
    isRecord(value['adopted']) &&
    Object.values(value['adopted']).every(isStrings) &&
    isStrings(value['reads']) &&
    (value['backend'] === undefined || BACKENDS.some((name) => name === value['backend'])) &&
    [value['sysctls'], value['policies'], value['entries']].every(
      (record) => isRecord(record) && isStrings(Object.values(record)),
    )
  );
}

function isDraining(value: unknown): value is Manifest['draining'] {
  return (
    isRecord(value) &&
    Object.values(value).every(
      (note) => isRecord(note) && isStrings([note['scope'], note['line'], note['since'], note['until']]),
    )
  );
}

/** Found values by name. */
export function isFound(value: unknown): value is Manifest['found'] {
  return isRecord(value) && Object.values(value).every(isFoundValue);
}

function isFoundValue(value: unknown): value is FoundValue {
  return (
    isRecord(value) && ['string', 'undefined'].includes(typeof value['value']) && isStrings(value['holders'])
  );
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}
