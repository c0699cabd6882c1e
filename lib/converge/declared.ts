// What was last confirmed for a scope, kept on the host: an import finds parts and settings there, and a refresh after a cut apply the truth.
import { createHash } from 'node:crypto';
import type { Parts } from '../model/declaration';
import { isRecord } from './manifest';
import { onceFor } from './once-for';

/** `/var/lib/gatewright/current/declared/SCOPE`, behind a line with the digest of the parts. */
export interface DeclaredRecord {
  readonly parts: Parts;
  /** The resource's other attributes, JSON, as the provider gave them. */
  readonly settings: string;
}

/** The digest first, so that the host can tell without understanding the rest. */
export function printRecordFile({ parts, settings }: DeclaredRecord): string {
  return `${partsDigest(parts)}\n${JSON.stringify({ settings, parts: sorted(parts) }, undefined, 1)}\n`;
}

/** The record, if it is the one with this digest. Throws where the text is no record. */
export function parseRecordFile(text: string, digest: string | undefined): DeclaredRecord | undefined {
  const end = text.indexOf('\n');
  if (text.slice(0, end) !== digest) return undefined;
  const record: unknown = JSON.parse(text.slice(end + 1));
  if (!isRecord(record) || typeof record['settings'] !== 'string' || !isParts(record['parts'])) {
    throw new Error('not a record of declared parts');
  }
  return { parts: record['parts'], settings: record['settings'] };
}

/** Tells whether two sets of parts are the same text; keys of ours (`~…`) do not count. */
export const partsDigest = onceFor((parts: Parts): string =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(sorted(declaredOnly(parts)))))
    .digest('hex'),
);

/** Without the keys that only a refresh writes. */
export const declaredOnly = onceFor((parts: Parts): Parts =>
  Object.fromEntries(Object.entries(parts).filter(([name]) => !name.startsWith('~'))),
);

function sorted(parts: Parts): Parts {
  return Object.fromEntries(Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function isParts(value: unknown): value is Parts {
  return isRecord(value) && Object.values(value).every((text) => typeof text === 'string');
}
