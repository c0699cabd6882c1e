// Reads the output of iptables-save, nft and legacy. What it cannot read is an error: a reading that is cut short or hides rules is never "no rules".
import type { Table } from '../model/iptables';
import { endsInQuote } from './save-words';

export interface SavedChain {
  readonly name: string;
  /** Of a built-in chain; absent for a user-defined one. */
  readonly policy?: string;
}

export interface SavedRule {
  readonly chain: string;
  /** What stands behind `-A CHAIN `, counters dropped. */
  readonly text: string;
}

export interface SavedTable {
  readonly table: Table;
  readonly chains: readonly SavedChain[];
  readonly rules: readonly SavedRule[];
}

/** The output of iptables-save cannot be trusted to show all rules. */
export class UnreadableSave extends Error {
  readonly code = 'unreadable-save';
  /** Counts from 1; absent where the end of the text is what is wrong. */
  readonly line?: number;
  readonly reason: 'hidden-rules' | 'truncated' | 'unknown-line';

  constructor(reason: UnreadableSave['reason'], message: string, line?: number) {
    super(message);
    this.name = 'UnreadableSave';
    this.reason = reason;
    if (line !== undefined) this.line = line;
  }
}

/** The tables of a save, in its order. Throws `UnreadableSave`. */
export function parseSave(text: string): SavedTable[] {
  const tables: SavedTable[] = [];
  let open: OpenTable | undefined;
  for (const { number, line } of joinLines(text)) {
    if (open === undefined) open = beginTable(line, number);
    else if (line === 'COMMIT') {
      tables.push(open);
      open = undefined;
    } else readTableLine(open, line, number);
  }
  if (open !== undefined) {
    throw new UnreadableSave(
      'truncated',
      `the output of iptables-save ends inside table ${open.table}: COMMIT is missing`,
    );
  }
  return tables;
}

interface OpenTable extends SavedTable {
  readonly chains: SavedChain[];
  readonly rules: SavedRule[];
}

const TABLES: readonly Table[] = ['filter', 'nat', 'mangle', 'raw', 'security'];

function beginTable(line: string, number: number): OpenTable | undefined {
  if (isNote(line, number)) return undefined;
  const table = TABLES.find((known) => line === `*${known}`);
  if (table === undefined) throw unknownLine(line, number);
  return { table, chains: [], rules: [] };
}

function readTableLine(open: OpenTable, line: string, number: number): void {
  if (isNote(line, number)) return;
  const [, name, policy] = /^:(\S+) (\S+)(?: \[\d+:\d+\])?$/.exec(line) ?? [];
  if (name !== undefined) {
    open.chains.push(policy === undefined || policy === '-' ? { name } : { name, policy });
    return;
  }
  const [, chain, rule = ''] = /^(?:\[\d+:\d+\] )?-A (\S+)(?: (.*))?$/s.exec(line) ?? [];
  if (chain === undefined) throw unknownLine(line, number);
  open.rules.push({ chain, text: rule.trimEnd() });
}

/** Blank lines and comments; the comments by which the tools say that they hide something are an error. */
function isNote(line: string, number: number): boolean {
  if (line.trim() === '') return true;
  if (HIDDEN_RULES.test(line)) {
    throw new UnreadableSave(
      'hidden-rules',
      `iptables-save cannot show all rules of the host: ${line.replace(/^#\s*/, '')}`,
      number,
    );
  }
  return line.startsWith('#');
}

/** Seen and read in docs/lab-notes/0001-iptables-save-warnings.md. */
const HIDDEN_RULES = /is incompatible, use 'nft' tool|contains incompatible base-chains/i;

function unknownLine(line: string, number: number): UnreadableSave {
  return new UnreadableSave(
    'unknown-line',
    `line ${number} of the output of iptables-save is not understood: ${line}`,
    number,
  );
}

/** A comment can hold a newline (nft takes it): the line goes on until its quotes are closed. */
function joinLines(text: string): { readonly number: number; readonly line: string }[] {
  const lines: { number: number; line: string }[] = [];
  let open = false;
  for (const [index, line] of text.split('\n').entries()) {
    const last = lines.at(-1);
    if (open && last !== undefined) last.line += `\n${line}`;
    else lines.push({ number: index + 1, line });
    const current = lines.at(-1)?.line ?? '';
    open = /^(?:\[\d+:\d+\] )?-A /.test(current) && endsInQuote(current);
  }
  return lines;
}
