// What a host should hold for one scope: the declared lines of all parts merged, in the form in which a host would hold them.
import type {
  Declared,
  PolicyDeclaration,
  RuleDeclaration,
  Source,
  SysctlDeclaration,
} from '../model/declaration';
import { printSource } from '../model/declaration';
import type { Problem } from '../model/errors';
import type { ChainAddress } from '../model/iptables';
import { chainKey, IPTABLES, isBuiltInChain, tableName } from '../model/iptables';
import type { Rule } from '../model/rule';
import type { Scope } from '../model/scope';
import { markComment } from '../model/scope';
import { printRule } from '../syntax/iptables-rule';
import type { AdoptLines } from './adopt';
import type { DesiredEntry } from './entries/desired-entries';
import { collectEntries } from './entries/desired-entries';

/** The lines that declare one and the same thing. */
export type Sources = readonly [Source, ...Source[]];

/** One rule as a host holds it; the same rule declared twice in a foreign chain is one rule with two sources. */
export interface DesiredRule {
  /** As iptables-save prints it behind `-A CHAIN `, with the scope's mark in a foreign chain. */
  readonly text: string;
  /** As declared, without the mark. */
  readonly rule: Rule;
  readonly place: 'head' | 'tail';
  readonly sources: Sources;
}

export interface DesiredChain {
  readonly address: ChainAddress;
  /** Ours whole; else built-in or foreign, where we hold a head and a tail block. */
  readonly own: boolean;
  /** The `-N` lines. A chain of ours with the scope's prefix needs none. */
  readonly declared: readonly Source[];
  /** In the order in which they shall stand: the head block (each `-I` above the one before it), then the tail block. */
  readonly rules: readonly DesiredRule[];
}

export interface DesiredValue<D extends PolicyDeclaration | SysctlDeclaration> {
  readonly declaration: D;
  readonly sources: Sources;
}

export interface DesiredState {
  readonly scope: Scope;
  readonly chains: ReadonlyMap<string, DesiredChain>;
  readonly policies: ReadonlyMap<string, DesiredValue<PolicyDeclaration>>;
  readonly sysctls: ReadonlyMap<string, DesiredValue<SysctlDeclaration>>;
  /** By key. */
  readonly entries: ReadonlyMap<string, DesiredEntry>;
  /** What of others may be changed. Absent: nothing. */
  readonly adopt?: AdoptLines;
}

/** What a host should hold where nothing is declared. */
export function nothingDesired(scope: Scope): DesiredState {
  return { scope, chains: new Map(), policies: new Map(), sysctls: new Map(), entries: new Map() };
}

/**
 * What running all lines once on a bare host would give. Problems: one key with two values, a `-N` of a built-in chain,
 * a jump to a chain of ours that no line makes or fills (`incomplete` parts, unknown until apply, silence that one).
 */
export function toDesired(
  declared: readonly Declared[],
  scope: Scope,
  incomplete = false,
): { readonly desired: DesiredState; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const chains = collectChains(declared, scope, problems);
  const policies = new Map<string, DesiredValue<PolicyDeclaration>>();
  const sysctls = new Map<string, DesiredValue<SysctlDeclaration>>();
  for (const { declaration, source } of declared) {
    if (declaration.kind === 'policy') {
      keepOne(policies, chainKey(declaration), { declared: { declaration, source }, problems });
    } else if (declaration.kind === 'sysctl') {
      keepOne(sysctls, declaration.key, { declared: { declaration, source }, problems });
    }
  }
  const entries = collectEntries(declared, problems);
  if (!incomplete) problems.push(...jumpsToNowhere(chains, scope));
  return { desired: { scope, chains, policies, sysctls, entries }, problems };
}

/** The chain that a rule jumps or goes to. */
export function targetChain(rule: Rule): string | undefined {
  return rule.target?.kind === 'jump' || rule.target?.kind === 'goto' ? rule.target.chain : undefined;
}

interface ChainDraft {
  readonly address: ChainAddress;
  readonly own: boolean;
  readonly declared: Source[];
  /** In the order of the lines. */
  readonly rules: DraftRule[];
  /** In a foreign chain, where identical rules are one. */
  readonly byText: Map<string, DraftRule>;
}

interface DraftRule extends Omit<DesiredRule, 'place' | 'sources'> {
  place: 'head' | 'tail';
  readonly sources: [Source, ...Source[]];
}

function collectChains(
  declared: readonly Declared[],
  scope: Scope,
  problems: Problem[],
): Map<string, DesiredChain> {
  const made = new Set<string>();
  for (const { declaration } of declared) if (declaration.kind === 'chain') made.add(chainKey(declaration));
  const drafts = new Map<string, ChainDraft>();
  const draftOf = ({ family, table, chain }: ChainAddress): ChainDraft => {
    const address = { family, table, chain };
    const key = chainKey(address);
    const own = !isBuiltInChain(address) && (made.has(key) || chain.startsWith(scope.chainPrefix));
    const draft = drafts.get(key) ?? { address, own, declared: [], rules: [], byText: new Map() };
    drafts.set(key, draft);
    return draft;
  };
  for (const { declaration, source } of declared) {
    if (declaration.kind === 'rule') addRule(draftOf(declaration), declaration, { source, scope });
    if (declaration.kind !== 'chain') continue;
    if (isBuiltInChain(declaration)) problems.push(builtInMade(declaration, source));
    else draftOf(declaration).declared.push(source);
  }
  return new Map([...drafts].map(([key, draft]) => [key, finished(draft)]));
}

function addRule(
  draft: ChainDraft,
  { place, rule }: RuleDeclaration,
  { source, scope }: { source: Source; scope: Scope },
): void {
  const text = printRule(draft.own ? rule : marked(rule, scope));
  const twin = draft.byText.get(text);
  if (twin === undefined) {
    const drafted: DraftRule = { text, rule, place, sources: [source] };
    draft.rules.push(drafted);
    if (!draft.own) draft.byText.set(text, drafted);
    return;
  }
  twin.sources.push(source);
  // Of one rule at the head and at the tail the one at the head decides.
  if (place === 'head') twin.place = 'head';
}

function finished({ address, own, declared, rules }: ChainDraft): DesiredChain {
  const head = rules.filter(({ place }) => place === 'head').reverse();
  return { address, own, declared, rules: [...head, ...rules.filter(({ place }) => place === 'tail')] };
}

/** The mark stands behind the user's own matches: a second comment match survives save and restore (measured). */
function marked(rule: Rule, scope: Scope): Rule {
  return { ...rule, matches: [...rule.matches, { kind: 'comment', text: markComment(scope) }] };
}

function keepOne<D extends PolicyDeclaration | SysctlDeclaration>(
  kept: Map<string, DesiredValue<D>>,
  key: string,
  { declared: { declaration, source }, problems }: { declared: Declared<D>; problems: Problem[] },
): void {
  const first = kept.get(key);
  if (first === undefined) {
    kept.set(key, { declaration, sources: [source] });
  } else if (valueOf(first.declaration) === valueOf(declaration)) {
    kept.set(key, { declaration, sources: [...first.sources, source] });
  } else {
    problems.push({
      code: 'two-values',
      what: `${key} is declared with two values`,
      at: printSource(source),
      given: `${valueOf(declaration)}, but ${valueOf(first.declaration)} in ${printSource(first.sources[0])}`,
      allowed: 'one value for one key; the same value may be declared more than once',
      fix: 'leave one of the two lines out',
      part: source.part,
    });
  }
}

function valueOf(declaration: PolicyDeclaration | SysctlDeclaration): string {
  return declaration.kind === 'policy' ? declaration.policy : declaration.value;
}

function builtInMade(address: ChainAddress, source: Source): Problem {
  return {
    code: 'built-in-chain',
    what: `${address.chain} is a built-in chain of ${tableName(address)} and cannot be made with -N`,
    at: printSource(source),
    given: source.text.trim(),
    fix: 'leave the line out: the chain is always there',
    part: source.part,
  };
}

/** Jumps to a chain of the scope that no line makes or fills. */
export function jumpsToNowhere(chains: ReadonlyMap<string, DesiredChain>, scope: Scope): Problem[] {
  const problems: Problem[] = [];
  for (const { address, rules } of chains.values()) {
    for (const {
      rule,
      sources: [source],
    } of rules) {
      const chain = targetChain(rule);
      if (chain?.startsWith(scope.chainPrefix) !== true) continue;
      if (chains.has(chainKey({ ...address, chain }))) continue;
      problems.push({
        code: 'unknown-chain',
        what: `the rule jumps to chain ${chain}, which no line of ${tableName(address)} makes or fills`,
        at: printSource(source),
        given: source.text.trim(),
        fix: `check the name, or add \`${IPTABLES[address.family]} -t ${address.table} -N ${chain}\``,
        part: source.part,
      });
    }
  }
  return problems;
}
