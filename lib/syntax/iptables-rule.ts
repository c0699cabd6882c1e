// Rules <-> text: command-line words and saved text are parsed, rules are printed exactly as iptables-save 1.8 prints them behind `-A CHAIN `.
import type { Family } from '../model/iptables';
import type { Match, Rule } from '../model/rule';
import { InvalidInput } from '../model/errors';
import { Cursor } from './cursor';
import { refuse } from './problem';
import { RuleReader } from './rule-reader';
import { quoteSavedText, quoteSavedWord, splitSavedWords } from './save-words';
import type { GeneralMatch } from './vocabulary/matches';
import { freeTextOf } from './vocabulary/free-text';
import { GENERAL_ORDER, printModule } from './vocabulary/matches';
import { printNot } from './vocabulary/entry';
import { printTarget } from './vocabulary/targets';

/** The rule that the words behind `-A CHAIN` mean. Throws `InvalidInput`. */
export function parseRule(words: readonly string[], family: Family): Rule {
  const cursor = new Cursor(words);
  const reader = new RuleReader(family);
  while (!cursor.done) reader.take(cursor);
  const [rule, second] = reader.finish();
  if (rule === undefined || second !== undefined) {
    return refuse('several-rules', 'one rule is wanted, and -s or -d names several addresses', {
      fix: 'write one line per address',
    });
  }
  return rule;
}

/**
 * The rule that stands behind `-A CHAIN ` in the output of iptables-save. What the vocabulary cannot read there is kept
 * as opaque words, since the kernel has it: never an error.
 */
export function parseRuleText(text: string, family: Family = 'ipv4'): Rule {
  const words = savedWords(text);
  try {
    return parseRule(words, family);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { matches: [{ kind: 'opaque', words }] };
  }
}

/** The rule as iptables-save prints it behind `-A CHAIN `; iptables-restore reads it back. Empty for a rule without words. */
export function printRule(rule: Rule): string {
  return quoteWords(ruleWords(rule), { text: quoteSavedText, word: quoteSavedWord });
}

/** The words of a rule in the tools' form and order, unquoted. */
export function ruleWords(rule: Rule): string[] {
  const words: string[] = [];
  for (const kind of GENERAL_ORDER) {
    for (const match of rule.matches) if (match.kind === kind) words.push(...printMatch(match));
  }
  for (const match of rule.matches) if (!isGeneral(match)) words.push(...printMatch(match));
  if (rule.target !== undefined) words.push(...printTarget(rule.target));
  return words;
}

/** How words become text: free texts such as comments have a quoting of their own. */
export interface Quoting {
  readonly text: (text: string, always: boolean) => string;
  readonly word: (word: string) => string;
}

/** The words as one text. What stands behind an option that takes a free text is quoted as such. */
export function quoteWords(words: readonly string[], quoting: Quoting): string {
  const quoted: string[] = [];
  let text: true | 'always' | undefined;
  for (const word of words) {
    quoted.push(text === undefined ? quoting.word(word) : quoting.text(word, text === 'always'));
    text = text === undefined ? freeTextOf(word) : undefined;
  }
  return quoted.join(' ');
}

const GENERAL_KINDS: ReadonlySet<Match['kind']> = new Set(GENERAL_ORDER);

function isGeneral(match: Match): match is GeneralMatch {
  return GENERAL_KINDS.has(match.kind);
}

function printMatch(match: Match): readonly string[] {
  switch (match.kind) {
    case 'source':
      return [...printNot(match), '-s', match.prefix];
    case 'destination':
      return [...printNot(match), '-d', match.prefix];
    case 'in-interface':
      return [...printNot(match), '-i', match.device];
    case 'out-interface':
      return [...printNot(match), '-o', match.device];
    case 'protocol':
      return [...printNot(match), '-p', match.protocol];
    case 'fragment':
      return [...printNot(match), '-f'];
    default:
      return printModule(match);
  }
}

function savedWords(text: string): readonly string[] {
  try {
    return splitSavedWords(text);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return [text];
  }
}
