// The rows of the vocabulary: the unit tests compare them with our print, test/hosts/syntax.test.ts with the kernel's.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Family, Table } from '../../lib/model/iptables';
import { TABLES } from '../../lib/model/iptables';

export interface VocabularyRow {
  readonly family: Family;
  readonly table: Table;
  readonly chain: string;
  readonly given: string;
  /** As iptables-save prints it behind `-A CHAIN `. */
  readonly saved: string;
  /** Set where the kernel of the tests lacks what the rule needs. */
  readonly untried?: string;
}

type Place = Pick<VocabularyRow, 'table' | 'chain' | 'untried'>;

const FILES = {
  ipv4: join(__dirname, '../cases/vocabulary/rules.lines'),
  ipv6: join(__dirname, '../cases/vocabulary/rules6.lines'),
} as const;

export function readVocabularyRows(family: Family): VocabularyRow[] {
  const [, ...blocks] = readFileSync(FILES[family], 'utf8').trimEnd().split('\n\n');
  const rows: VocabularyRow[] = [];
  let place: Place = { table: 'filter', chain: 'T1' };
  for (const block of blocks) {
    const [given = '', saved = ''] = block.split('\n');
    if (given.startsWith('[')) place = readPlace(given);
    else rows.push({ ...place, family, given, saved: saved.slice('= '.length) });
  }
  return rows;
}

function readPlace(heading: string): Place {
  const [, name = '', chain = '', untried] = /^\[(\S+) (\S+)\](?: untried: (.*))?$/.exec(heading) ?? [];
  const table = TABLES.find((known) => known === name);
  if (table === undefined) throw new Error(`no place: ${heading}`);
  return { table, chain, ...(untried === undefined ? {} : { untried }) };
}
