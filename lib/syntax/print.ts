// Prints what is declared as command lines, the table always named: `splitWords` and the readers give the same declaration back.
import type {
  ChainDeclaration,
  Declaration,
  PolicyDeclaration,
  RuleDeclaration,
  SysctlDeclaration,
} from '../model/declaration';
import type { ChainAddress } from '../model/iptables';
import { IPTABLES } from '../model/iptables';
import { toEntry } from './entry';
import type { Quoting } from './iptables-rule';
import { quoteWords, ruleWords } from './iptables-rule';
import { splitSavedWords } from './save-words';
import { quoteWord } from './words';

/** One command line, without a newline. */
export function printDeclaration(declaration: Declaration): string {
  switch (declaration.kind) {
    case 'chain':
      return printChainLine(declaration);
    case 'rule':
      return printRuleLine(declaration);
    case 'policy':
      return printPolicyLine(declaration);
    case 'sysctl':
      return printSysctlLine(declaration);
    default:
      return toEntry(declaration).line;
  }
}

/** `iptables -t TABLE -N CHAIN`. */
export function printChainLine(declaration: ChainAddress | ChainDeclaration): string {
  return `${tableWords(declaration)} -N ${quoteWord(declaration.chain)}`;
}

/** `iptables -t TABLE -A CHAIN …`, or `-I` for a rule of the head. */
export function printRuleLine(declaration: RuleDeclaration): string {
  const option = declaration.place === 'head' ? '-I' : '-A';
  return ruleLine(declaration, option, ruleWords(declaration.rule));
}

/** `iptables -t TABLE -P CHAIN POLICY`. */
export function printPolicyLine(declaration: PolicyDeclaration): string {
  return `${tableWords(declaration)} -P ${quoteWord(declaration.chain)} ${declaration.policy}`;
}

/** `sysctl KEY=VALUE`, in quotes where the value has several fields. */
export function printSysctlLine({ key, value }: SysctlDeclaration): string {
  return `sysctl ${quoteWord(`${key}=${value}`)}`;
}

/** A rule that a host holds, as the host's tools word it (`text` stands behind `-A CHAIN ` in saved text), as a command line. */
export function printSavedRuleLine(address: ChainAddress, text: string): string {
  return ruleLine(address, '-A', splitSavedWords(text));
}

function tableWords({ family, table }: ChainAddress): string {
  return `${IPTABLES[family]} -t ${table}`;
}

function ruleLine(address: ChainAddress, option: '-A' | '-I', words: readonly string[]): string {
  const text = quoteWords(words, QUOTING);
  return `${tableWords(address)} ${option} ${quoteWord(address.chain)} ${text}`.trimEnd();
}

const QUOTING: Quoting = { text: quoteText, word: (word) => quoteWord(word) };

/** Bare where iptables-save writes it bare, so that both read alike. */
function quoteText(text: string, always: boolean): string {
  return quoteWord(text, always ? NOTHING : /^[A-Za-z0-9_-]+$/);
}

const NOTHING = /(?!)/;
