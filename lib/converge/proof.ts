// The proof of what is desired in a throw-away namespace on the host: what its tools make of them, or which line they refuse.
import type { Source } from '../model/declaration';
import { printSource } from '../model/declaration';
import type { Problem } from '../model/errors';
import { InvalidInput } from '../model/errors';
import type { Family } from '../model/iptables';
import { chainKey, FAMILIES, IPTABLES } from '../model/iptables';
import { UnreadableSave } from '../syntax/iptables-save';
import type { Wording } from './align';
import { OUR_WORDING } from './align';
import type { DesiredRule, DesiredState } from './desired';
import type { Note } from './engine';
import type { Host, Proof, ProofStage, ProofTexts } from './host';
import { toLiveChains } from './live';
import { notProved } from './notes';
import { printProof, provedRules } from './proof-text';
import { SUBSYSTEMS } from './subsystems';

export interface Proved {
  readonly wording: Wording;
  readonly notes: readonly Note[];
}

/** What a plan proved, for the apply that follows it in the same process. It is kept nowhere else. */
export interface PlanProof extends Proved {
  /** Of the parts with this digest (`declared.ts`). */
  readonly of: string;
}

/** Asks the host. Throws `InvalidInput` with part and line where it refuses one. */
export async function prove(host: Host, desired: DesiredState): Promise<Proved> {
  const texts = proofTexts(desired);
  if (Object.keys(texts).length === 0) return { wording: OUR_WORDING, notes: [] };
  const proof = await host.prove(texts);
  switch (proof.kind) {
    case 'proved':
      return proved(desired, proof.saves);
    case 'refused':
      throw new InvalidInput([await refusedLine(host, desired, { proof, texts })]);
    case 'unavailable':
      return { wording: OUR_WORDING, notes: [notProved(proof.message)] };
  }
}

/** A stage for each subsystem and family of which something is desired. */
function proofTexts(desired: DesiredState): ProofTexts {
  const entries = SUBSYSTEMS.flatMap(({ name, proof }) => {
    const text = proof(desired)?.text;
    return text === undefined ? [] : [[name, text] as const];
  });
  const rules = FAMILIES.flatMap((family) => {
    const proofText = printProof(desired, family);
    return proofText.rules.size === 0 ? [] : [[family, proofText.text] as const];
  });
  return Object.fromEntries([...entries, ...rules]);
}

function proved(desired: DesiredState, saves: ReadonlyMap<ProofStage, string>): Proved {
  try {
    return { wording: wordingOf(desired, saves), notes: [] };
  } catch (error) {
    if (error instanceof UnreadableSave) return { wording: OUR_WORDING, notes: [notProved(error.message)] };
    throw error;
  }
}

/** The k-th rule saved of a chain is the k-th that was loaded. */
function wordingOf(desired: DesiredState, saves: ReadonlyMap<ProofStage, string>): Wording {
  const words = new Map<string, string>();
  const saved = new Map(FAMILIES.flatMap((family) => [...toLiveChains(saves.get(family) ?? '', family)]));
  for (const [key, { rules }] of desired.chains) {
    rules.forEach(({ text }, index) => {
      const theirs = saved.get(key)?.rules[index];
      if (theirs !== undefined && theirs !== text) words.set(`${key} ${text}`, theirs);
    });
  }
  return (address, text) => words.get(`${chainKey(address)} ${text}`) ?? text;
}

interface Refusal {
  readonly proof: Extract<Proof, { kind: 'refused' }>;
  readonly texts: ProofTexts;
}

async function refusedLine(host: Host, desired: DesiredState, refusal: Refusal): Promise<Problem> {
  const family = FAMILIES.find((each) => each === refusal.proof.stage);
  const { tool, message, source } =
    family === undefined
      ? refusedEntry(desired, refusal.proof)
      : await refusedRule(host, desired, { ...refusal, family });
  return {
    code: 'refused-by-host',
    what: `the host's ${tool}: ${message}`,
    ...(source === undefined
      ? {}
      : { at: printSource(source), given: source.text.trim(), part: source.part }),
    fix: 'correct the line; where no reason is given, the kernel may have logged one (dmesg on the host); nothing was changed',
  };
}

interface RefusedLine {
  /** Whose words the message is, and what it did. */
  readonly tool: string;
  readonly message: string;
  readonly source: Source | undefined;
}

function refusedEntry(desired: DesiredState, { stage, line, message }: Refusal['proof']): RefusedLine {
  const keys = SUBSYSTEMS.find(({ name }) => name === stage)?.proof(desired)?.keys;
  const key = line === undefined ? undefined : keys?.get(line);
  const source = key === undefined ? undefined : desired.entries.get(key)?.sources[0];
  return { tool: `${stage === 'ipvs' ? 'ipvsadm' : stage} refuses a line`, message, source };
}

async function refusedRule(
  host: Host,
  desired: DesiredState,
  { proof, texts, family }: Refusal & { readonly family: Family },
): Promise<RefusedLine> {
  const rules = provedRules(desired, family);
  const named = proof.line === undefined ? undefined : printProof(desired, family).rules.get(proof.line);
  const { rule, message } = await firstRefused(rules, {
    whole: proof.message,
    guess: named === undefined ? undefined : rules.indexOf(named) + 1,
    probe: (amount) =>
      host.prove({ ...texts, [family]: printProof(desired, family, new Set(rules.slice(0, amount))).text }),
  });
  return { tool: `${IPTABLES[family]} refuses a rule`, message, source: rule?.sources[0] };
}

/**
 * The rule with which a refusal begins, found by halving: what the kernel refuses at the commit carries no line with
 * iptables-legacy (measured). Where the tools do name one, it is tried first.
 */
async function firstRefused(
  rules: readonly DesiredRule[],
  search: {
    readonly whole: string;
    readonly guess: number | undefined;
    readonly probe: (amount: number) => Promise<Proof>;
  },
): Promise<{ readonly rule: DesiredRule | undefined; readonly message: string }> {
  let { whole: message } = search;
  let taken = 0;
  let refused = rules.length;
  const guesses = search.guess === undefined ? [] : [search.guess - 1, search.guess];
  while (refused - taken > 1) {
    const guess = guesses.shift() ?? (taken + refused) >> 1;
    if (guess <= taken || guess >= refused) continue;
    const proof = await search.probe(guess);
    if (proof.kind === 'unavailable') return { rule: undefined, message };
    if (proof.kind === 'proved') taken = guess;
    else {
      refused = guess;
      ({ message } = proof);
    }
  }
  return { rule: rules[refused - 1], message };
}
