// The proof of desired rules in a throw-away namespace: the text that is loaded there, and what the host's tools made of it.
import type { Source } from '../model/declaration';
import { printSource } from '../model/declaration';
import type { Problem } from '../model/errors';
import { InvalidInput } from '../model/errors';
import type { Table } from '../model/iptables';
import { chainKey, isBuiltInChain } from '../model/iptables';
import type { Wording } from './align';
import { OUR_WORDING } from './align';
import type { DesiredChain, DesiredState } from './desired';
import { targetChain } from './desired';
import type { Note } from './engine';
import type { Host, Proof } from './host';
import { toLiveChains } from './live';
import { notProved } from './notes';

export interface ProofText {
  readonly text: string;
  /** By line of the text, from 1. */
  readonly sources: ReadonlyMap<number, Source>;
}

export interface Proved {
  readonly wording: Wording;
  readonly notes: readonly Note[];
}

/** Asks the host. Throws `InvalidInput` with part and line where it refuses a rule. */
export async function prove(host: Host, desired: DesiredState): Promise<Proved> {
  const proofText = printProof(desired);
  if (proofText.sources.size === 0) return { wording: OUR_WORDING, notes: [] };
  const proof = await host.prove(proofText.text);
  switch (proof.kind) {
    case 'proved':
      return { wording: wordingOf(desired, proof.save), notes: [] };
    case 'refused':
      throw new InvalidInput([refusedRule(proof, proofText)]);
    case 'unavailable':
      return { wording: OUR_WORDING, notes: [notProved(proof.message)] };
  }
}

/** One table after the other; foreign chains and those that are jumped to are there, empty. */
export function printProof(desired: DesiredState): ProofText {
  const lines: string[] = [];
  const sources = new Map<number, Source>();
  const tables = new Map<Table, DesiredChain[]>();
  for (const chain of desired.chains.values()) {
    const { table } = chain.address;
    const chains = tables.get(table);
    if (chains === undefined) tables.set(table, [chain]);
    else chains.push(chain);
  }
  for (const [table, chains] of tables) {
    lines.push(`*${table}`, ...namesIn(chains).map((name) => `:${name} - [0:0]`));
    for (const { address, rules } of chains) {
      for (const {
        text,
        sources: [source],
      } of rules) {
        lines.push(`-A ${address.chain} ${text}`.trimEnd());
        sources.set(lines.length, source);
      }
    }
    lines.push('COMMIT');
  }
  return { text: lines.map((line) => `${line}\n`).join(''), sources };
}

function namesIn(chains: readonly DesiredChain[]): string[] {
  const names = new Set<string>();
  for (const { address, rules } of chains) {
    for (const chain of [address.chain, ...rules.flatMap(({ rule }) => targetChain(rule) ?? [])]) {
      if (!isBuiltInChain({ table: address.table, chain })) names.add(chain);
    }
  }
  return [...names];
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

function refusedRule(
  { line, message }: Extract<Proof, { kind: 'refused' }>,
  { text, sources }: ProofText,
): Problem {
  const lines = text.split('\n');
  const named = /[`']([^`'"]+)['"]/.exec(message)?.[1];
  // iptables-nft-restore names the line behind the one whose jump leads nowhere (measured).
  const candidates = line === undefined ? [] : [line, line - 1];
  const blamed =
    candidates.find(
      (each) => sources.has(each) && named !== undefined && lines[each - 1]?.includes(named) === true,
    ) ?? candidates.find((each) => sources.has(each));
  const source = blamed === undefined ? undefined : sources.get(blamed);
  return {
    code: 'refused-by-host',
    what: `the host's iptables refuses a rule: ${message}`,
    ...(source === undefined
      ? {}
      : { at: printSource(source), given: source.text.trim(), part: source.part }),
    fix: 'correct the line; nothing was changed on the host',
  };
}
