// Command lines of ipset in the form that `ipset restore` reads: the same words, with double quotes only. Used by convergence.
import { splitWords } from '../words';

/** `ipset add S M …` as `add S M …`; with `set`, that set instead of S. */
export function printRestoreLine(line: string, set?: string): string {
  const words = line.slice('ipset '.length);
  if (!/["'\\]/.test(words) && set === undefined && !words.includes(' comment ')) return words;
  const [verb = '', name = '', ...rest] = splitWords(words);
  const behind = verb === 'add' ? quoteComments(rest) : rest;
  return [verb, set ?? name, ...behind].join(' ');
}

/** Options of a member as the tool prints them: a comment stands in double quotes, and can hold none itself. */
export function printMemberOptions(text: string): string {
  return text === '' ? '' : quoteComments(splitWords(text)).join(' ');
}

function quoteComments(words: readonly string[]): string[] {
  return words.map((word, index) => (words[index - 1] === 'comment' ? `"${word}"` : word));
}
