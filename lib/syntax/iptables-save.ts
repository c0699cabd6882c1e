// Reads the output of iptables-save, nft and legacy. What it cannot read is an error: a reading that is cut short or hides rules is never "no rules".
import type { Family, Table } from '../model/iptables';
import { IPTABLES, TABLES } from '../model/iptables';
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

/** Whose text it is, and what of it must be whole. */
export interface Saving {
  /** Hidden rules of other tables are no error. @default - all */
  readonly needed?: readonly Table[];
  /** @default - ipv4 */
  readonly family?: Family;
}

/** The tables of a save, in its order. Throws `UnreadableSave`. */
export function parseSave(text: string, { needed = TABLES, family = 'ipv4' }: Saving = {}): SavedTable[] {
  const saving = { needed, tool: `${IPTABLES[family]}-save` };
  const tables: SavedTable[] = [];
  let open: OpenTable | undefined;
  for (const { number, line } of joinLines(text)) {
    if (open === undefined) open = beginTable(line, number, saving);
    else if (line === 'COMMIT') {
      tables.push({ table: open.table, chains: open.chains, rules: open.rules });
      open = undefined;
    } else if (!isNote(line, number, saving)) readTableLine(open, { line, number }, saving);
  }
  if (open !== undefined) {
    throw new UnreadableSave(
      'truncated',
      `the output of ${saving.tool} ends inside table ${open.table}: COMMIT is missing`,
    );
  }
  return tables;
}

interface SavingTool {
  readonly needed: readonly Table[];
  readonly tool: string;
}

interface OpenTable extends SavedTable {
  readonly chains: SavedChain[];
  readonly rules: SavedRule[];
  readonly names: Set<string>;
}

function beginTable(line: string, number: number, saving: SavingTool): OpenTable | undefined {
  if (isNote(line, number, saving)) return undefined;
  const table = TABLES.find((known) => line === `*${known}`);
  if (table === undefined) throw unknownLine({ line, number }, saving);
  return { table, chains: [], rules: [], names: new Set() };
}

function readTableLine(open: OpenTable, at: NumberedLine, saving: SavingTool): void {
  const { line } = at;
  const [, name, policy] = /^:(\S+) (\S+)(?: \[\d+:\d+\])?$/.exec(line) ?? [];
  if (name !== undefined) {
    open.names.add(name);
    open.chains.push(policy === undefined || policy === '-' ? { name } : { name, policy });
    return;
  }
  const [, chain, rule = ''] = /^(?:\[\d+:\d+\] )?-A (\S+)(?: (.*))?$/s.exec(line) ?? [];
  if (chain === undefined || !open.names.has(chain)) throw unknownLine(at, saving);
  open.rules.push({ chain, text: rule.trimEnd() });
}

/** Blank lines and comments. Throws where a comment of the tools says that they hide rules of a table that is needed. */
function isNote(line: string, number: number, { needed, tool }: SavingTool): boolean {
  if (line.trim() === '') return true;
  if (!line.startsWith('#')) return false;
  const [, named] = HIDDEN_RULES.exec(line) ?? [];
  if (named !== undefined && needed.some((table) => table === named)) {
    const told = line.replace(/^#\s*/, '');
    throw new UnreadableSave(
      'hidden-rules',
      `${tool} does not show all rules of table ${named}: ${told}`,
      number,
    );
  }
  return true;
}

/** Both wordings of 1.8: docs/lab-notes/0001-iptables-save-warnings.md. */
const HIDDEN_RULES = /^#.*\btable [`']([a-z]+)'.*\bincompatible\b/i;

function unknownLine({ line, number }: NumberedLine, { tool }: SavingTool): UnreadableSave {
  return new UnreadableSave(
    'unknown-line',
    `line ${number} of the output of ${tool} is not understood: ${line}`,
    number,
  );
}

interface NumberedLine {
  readonly number: number;
  readonly line: string;
}

/** A comment can hold a newline (nft takes it): the line goes on until its quotes are closed. */
function joinLines(text: string): NumberedLine[] {
  const lines: { number: number; line: string }[] = [];
  let open: { number: number; line: string } | undefined;
  let number = 0;
  for (const line of text.split('\n')) {
    number += 1;
    const current = open ?? { number, line };
    if (open === undefined) lines.push(current);
    else open.line += `\n${line}`;
    open = endsInQuote(current.line) && RULE.test(current.line) ? current : undefined;
  }
  return lines;
}

const RULE = /^(?:\[\d+:\d+\] )?-A /;
