// A transaction as the files that its session on the host works with, packed into one text and an index.
import type { Transaction } from './host';
import { ADAPT_AWK, WATCH_AWK } from './shell/awk';
import { SESSION_FILES, sessionProgram } from './shell/session';

/** `index` has a line `NAME LENGTH` per file, in bytes; `bundle` is the files one behind the other. */
export function printBundle(
  transaction: Transaction,
  nonce: string,
): { readonly index: string; readonly bundle: string } {
  const files = bundleFiles(transaction, nonce).map(([name, text]) => ({ name, text }));
  return {
    index: files.map(({ name, text }) => `${name} ${Buffer.byteLength(text)}\n`).join(''),
    bundle: files.map(({ text }) => text).join(''),
  };
}

function bundleFiles({ steps, expected, ...memory }: Transaction, nonce: string): [string, string][] {
  return [
    [SESSION_FILES.program, sessionProgram(nonce)],
    [SESSION_FILES.watchAwk, WATCH_AWK],
    [SESSION_FILES.adaptAwk, ADAPT_AWK],
    [SESSION_FILES.steps, steps.map(({ kind }, index) => `${index + 1} ${kind}\n`).join('')],
    [SESSION_FILES.watch, expected.watch],
    [SESSION_FILES.expected, expected.ipv4],
    [SESSION_FILES.sysctls, expected.sysctls],
    [SESSION_FILES.scope, `${memory.scope}\n`],
    ...(memory.manifest === undefined ? [] : [pair(SESSION_FILES.manifest, memory.manifest)]),
    ...(memory.declared === undefined ? [] : [pair(SESSION_FILES.declared, memory.declared)]),
    ...steps.flatMap(({ forward, inverse }, index) => [
      pair(`${index + 1}.forward`, forward),
      pair(`${index + 1}.inverse`, inverse),
    ]),
  ];
}

function pair(name: string, text: string): [string, string] {
  return [name, text];
}
