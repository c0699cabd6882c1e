// What was last confirmed for a scope, kept on the host: an import finds parts and settings there, and a refresh after a cut apply the truth.
import { createHash } from 'node:crypto';
import type { Parts } from '../model/declaration';
import { isRecord } from './manifest';

/** `/var/lib/gatewright/declared/SCOPE.json`. */
export interface DeclaredRecord {
  readonly parts: Parts;
  /** The resource's other attributes, JSON, as the provider gave them. */
  readonly settings: string;
}

export function printDeclaredRecord(record: DeclaredRecord): string {
  return `${JSON.stringify({ settings: record.settings, parts: sorted(record.parts) }, undefined, 1)}\n`;
}

/** Throws where the text is not such a record. */
export function parseDeclaredRecord(text: string): DeclaredRecord {
  const record: unknown = JSON.parse(text);
  if (!isRecord(record) || typeof record['settings'] !== 'string' || !isParts(record['parts'])) {
    throw new Error('not a record of declared parts');
  }
  return { parts: record['parts'], settings: record['settings'] };
}

/** Tells whether two sets of parts are the same text; keys of ours (`~…`) do not count. */
export function partsDigest(parts: Parts): string {
  return createHash('sha256')
    .update(JSON.stringify(Object.entries(sorted(declaredOnly(parts)))))
    .digest('hex');
}

/** Without the keys that only a refresh writes. */
export function declaredOnly(parts: Parts): Parts {
  return Object.fromEntries(Object.entries(parts).filter(([name]) => !name.startsWith('~')));
}

function sorted(parts: Parts): Parts {
  return Object.fromEntries(Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function isParts(value: unknown): value is Parts {
  return isRecord(value) && Object.values(value).every((text) => typeof text === 'string');
}
