// A transaction or a proof as the files that its program on the host works with, one behind the other, and an index.
import type { ProofTexts, Transaction } from './host';
import { PROOF_STAGES } from './host';
import { ADAPT_AWK, WATCH_AWK } from './shell/awk';
import { printPlan } from './plan';
import { LOADER } from './shell/boot';
import { STALE_AWK } from './shell/conntrack';
import { GO_BACK } from './shell/go-back';
import { PROOF_FILES, proverProgram } from './shell/prover';
import { SESSION_FILES, sessionProgram } from './shell/session';
import { toText } from './to-text';

/** `index` has a line `NAME LENGTH` per file, in bytes; `files` are their texts in that order. */
export function printBundle(transaction: Transaction, nonce: string): Bundle {
  return toBundle(bundleFiles(transaction, nonce));
}

/** The texts that a proof tries, with the program that tries them. */
export function printProofBundle(texts: ProofTexts, nonce: string): Bundle {
  const stages = PROOF_STAGES.flatMap((stage) => {
    const text = texts[stage];
    return text === undefined ? [] : [{ stage, text }];
  });
  return toBundle([
    [PROOF_FILES.program, proverProgram(nonce)],
    [PROOF_FILES.stages, toText(stages.map(({ stage }) => stage))],
    ...stages.map(({ stage, text }) => pair(`${stage}.text`, text)),
  ]);
}

interface Bundle {
  readonly index: string;
  readonly files: readonly string[];
}

function toBundle(files: readonly [string, string][]): Bundle {
  return {
    index: toText(files.map(([name, text]) => `${name} ${Buffer.byteLength(text)}`)),
    files: files.map(([, text]) => text),
  };
}

function bundleFiles(
  { steps, expected, guardSeconds, confirm, boot, isAmendment, stale, ...memory }: Transaction,
  nonce: string,
): [string, string][] {
  return [
    [SESSION_FILES.program, sessionProgram(nonce)],
    [SESSION_FILES.id, `${confirm?.id ?? nonce}\n`],
    [SESSION_FILES.guardSeconds, `${guardSeconds}\n`],
    ...(confirm === undefined
      ? []
      : [
          pair(SESSION_FILES.secret, `${confirm.secret}\n`),
          pair(SESSION_FILES.confirmSeconds, `${confirm.timeoutSeconds}\n`),
        ]),
    [SESSION_FILES.watchAwk, WATCH_AWK],
    [SESSION_FILES.adaptAwk, ADAPT_AWK],
    ...(memory.manifest === undefined
      ? []
      : [pair(SESSION_FILES.goBack, GO_BACK), pair(SESSION_FILES.summary, summaryOf(steps))]),
    ...(isAmendment === true ? [pair(SESSION_FILES.amends, '')] : []),
    [SESSION_FILES.steps, toText(steps.map(({ kind }, index) => `${index + 1} ${kind}`))],
    ...Object.entries(expected.rules).flatMap(([family, { watch, lines }]) => [
      pair(`${SESSION_FILES.watch}.${family}`, watch),
      pair(`${SESSION_FILES.expected}.${family}`, lines),
    ]),
    [SESSION_FILES.subsystems, toText(expected.entries.subsystems)],
    [SESSION_FILES.present, expected.entries.present],
    [SESSION_FILES.absent, expected.entries.absent],
    [SESSION_FILES.sysctls, expected.sysctls],
    ...bootBundle(boot),
    ...staleBundle(stale),
    [SESSION_FILES.scope, `${memory.scope}\n`],
    ...(memory.manifest === undefined ? [] : [pair(SESSION_FILES.manifest, memory.manifest)]),
    ...(memory.declared === undefined ? [] : [pair(SESSION_FILES.declared, memory.declared)]),
    ...steps.flatMap(({ forward, inverse }, index) => [
      pair(`${index + 1}.forward`, forward),
      pair(`${index + 1}.inverse`, inverse),
    ]),
  ];
}

/** Enough to recognise what an apply was. */
const SUMMARY_LINES = 200;

function summaryOf(steps: Transaction['steps']): string {
  const lines = printPlan({ steps }).split('\n');
  const more = lines.length - SUMMARY_LINES;
  const shown = more > 0 ? [...lines.slice(0, SUMMARY_LINES), `… and ${more} lines more`] : lines;
  return toText(shown);
}

/** The loader goes with every generation that has something to load: it is of the version that wrote the files. */
function bootBundle(boot: Transaction['boot']): [string, string][] {
  if (boot === undefined) return [];
  if (boot === 'kept') return [pair(SESSION_FILES.bootKept, '')];
  return [
    pair(SESSION_FILES.load, LOADER),
    ...Object.entries(boot).map(([name, text]) => pair(`${SESSION_FILES.boot}.${name}`, text)),
  ];
}

function staleBundle(stale: Transaction['stale']): [string, string][] {
  if (stale === undefined) return [];
  const ends = Object.entries(stale).map(([end, text]) => pair(`${SESSION_FILES.stale}.${end}`, text));
  return [pair(SESSION_FILES.staleAwk, STALE_AWK), ...ends];
}

function pair(name: string, text: string): [string, string] {
  return [name, text];
}
