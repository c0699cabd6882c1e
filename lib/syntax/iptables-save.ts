// Reads the output of iptables-save, nft and legacy. What it cannot read is an error: a reading that is cut short or hides rules is never "no rules".
import type { Table } from '../model/iptables';
import { TABLES } from '../model/iptables';
import { endsInQuote } from './save-words';

/** A chain as the line `:NAME POLICY` tells of it. */
export interface SavedChain {
  readonly name: string;
  /** Of a built-in chain; absent for a user-defined one. */
  readonly policy?: string;
}

/** A rule as it was saved, not yet read. */
export interface SavedRule {
  readonly chain: string;
  /** What stands behind `-A CHAIN `, counters dropped. */
  readonly text: string;
}

/** One table from its `*NAME` to its `COMMIT`, chains and rules in the order of the save. */
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

/** The tables of a save, in its order. Throws `UnreadableSave`; for hidden rules only where they are of a `needed` table. */
export function parseSave(text: string, needed: readonly Table[] = TABLES): SavedTable[] {
  const tables: SavedTable[] = [];
  let open: OpenTable | undefined;
  for (const { number, line } of joinLines(text)) {
    if (open === undefined) open = beginTable(line, number, needed);
    else if (line === 'COMMIT') {
      tables.push({ table: open.table, chains: open.chains, rules: open.rules });
      open = undefined;
    } else if (!isNote(line, number, needed)) readTableLine(open, line, number);
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
  readonly names: Set<string>;
}

function beginTable(line: string, number: number, needed: readonly Table[]): OpenTable | undefined {
  if (isNote(line, number, needed)) return undefined;
  const table = TABLES.find((known) => line === `*${known}`);
  if (table === undefined) throw unknownLine(line, number);
  return { table, chains: [], rules: [], names: new Set() };
}

function readTableLine(open: OpenTable, line: string, number: number): void {
  const [, name, policy] = /^:(\S+) (\S+)(?: \[\d+:\d+\])?$/.exec(line) ?? [];
  if (name !== undefined) {
    open.names.add(name);
    open.chains.push(policy === undefined || policy === '-' ? { name } : { name, policy });
    return;
  }
  const [, chain, rule = ''] = /^(?:\[\d+:\d+\] )?-A (\S+)(?: (.*))?$/s.exec(line) ?? [];
  if (chain === undefined || !open.names.has(chain)) throw unknownLine(line, number);
  open.rules.push({ chain, text: rule.trimEnd() });
}

/** Blank lines and comments. Throws where a comment of the tools says that they hide rules of a table that is needed. */
function isNote(line: string, number: number, needed: readonly Table[]): boolean {
  if (line.trim() === '') return true;
  if (!line.startsWith('#')) return false;
  const [, named] = HIDDEN_RULES.exec(line) ?? [];
  if (named !== undefined && needed.some((table) => table === named)) {
    const told = line.replace(/^#\s*/, '');
    throw new UnreadableSave(
      'hidden-rules',
      `iptables-save does not show all rules of table ${named}: ${told}`,
      number,
    );
  }
  return true;
}

/** Both wordings of 1.8: docs/lab-notes/0001-iptables-save-warnings.md. */
const HIDDEN_RULES = /^#.*\btable [`']([a-z]+)'.*\bincompatible\b/i;

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
