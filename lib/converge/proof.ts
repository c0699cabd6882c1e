// The proof of desired rules in a throw-away namespace on the host: what its tools make of them, or which line they refuse.
import { printSource } from '../model/declaration';
import type { Problem } from '../model/errors';
import { InvalidInput } from '../model/errors';
import { chainKey } from '../model/iptables';
import { UnreadableSave } from '../syntax/iptables-save';
import type { Wording } from './align';
import { OUR_WORDING } from './align';
import type { DesiredRule, DesiredState } from './desired';
import type { Note } from './engine';
import type { Host, Proof } from './host';
import { toLiveChains } from './live';
import { notProved } from './notes';
import type { ProofText } from './proof-text';
import { printProof, provedRules } from './proof-text';

export interface Proved {
  readonly wording: Wording;
  readonly notes: readonly Note[];
}

/** Asks the host. Throws `InvalidInput` with part and line where it refuses a rule. */
export async function prove(host: Host, desired: DesiredState): Promise<Proved> {
  const proofText = printProof(desired);
  if (proofText.rules.size === 0) return { wording: OUR_WORDING, notes: [] };
  const proof = await host.prove(proofText.text);
  switch (proof.kind) {
    case 'proved':
      return proved(desired, proof.save);
    case 'refused':
      throw new InvalidInput([await refusedRule(host, desired, { proof, proofText })]);
    case 'unavailable':
      return { wording: OUR_WORDING, notes: [notProved(proof.message)] };
  }
}

function proved(desired: DesiredState, save: string): Proved {
  try {
    return { wording: wordingOf(desired, save), notes: [] };
  } catch (error) {
    if (error instanceof UnreadableSave) return { wording: OUR_WORDING, notes: [notProved(error.message)] };
    throw error;
  }
}

/** The k-th rule saved of a chain is the k-th that was loaded. */
function wordingOf(desired: DesiredState, save: string): Wording {
  const words = new Map<string, string>();
  const saved = toLiveChains(save, 'ipv4');
  for (const [key, { rules }] of desired.chains) {
    rules.forEach(({ text }, index) => {
      const theirs = saved.get(key)?.rules[index];
      if (theirs !== undefined && theirs !== text) words.set(`${key} ${text}`, theirs);
    });
  }
  return (address, text) => words.get(`${chainKey(address)} ${text}`) ?? text;
}

type Refusal = Extract<Proof, { kind: 'refused' }>;

async function refusedRule(
  host: Host,
  desired: DesiredState,
  { proof, proofText }: { proof: Refusal; proofText: ProofText },
): Promise<Problem> {
  const rules = provedRules(desired);
  const named = proof.line === undefined ? undefined : proofText.rules.get(proof.line);
  const { rule, message } = await firstRefused(rules, {
    whole: proof.message,
    guess: named === undefined ? undefined : rules.indexOf(named) + 1,
    probe: (amount) => host.prove(printProof(desired, new Set(rules.slice(0, amount))).text),
  });
  const source = rule?.sources[0];
  return {
    code: 'refused-by-host',
    what: `the host's iptables refuses a rule: ${message}`,
    ...(source === undefined
      ? {}
      : { at: printSource(source), given: source.text.trim(), part: source.part }),
    fix: 'correct the line; where no reason is given, the kernel may have logged one (dmesg on the host); nothing was changed',
  };
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
