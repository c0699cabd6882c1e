// Command lines of ipset in the form that `ipset restore` reads: the same words, with double quotes only. Used by convergence.
import { splitWords } from '../words';

/** `ipset add S M …` as `add S M …`. */
export function printRestoreLine(line: string): string {
  const words = line.slice('ipset '.length);
  if (!/["'\\]/.test(words)) return words;
  return printRestoreWords(splitWords(words));
}

/** A comment always stands in quotes, as the tool prints it; it can hold no quote itself. */
export function printRestoreWords(words: readonly string[]): string {
  return words
    .map((word, index) => (words[index - 1] === 'comment' || /[\s"'\\]/.test(word) ? `"${word}"` : word))
    .join(' ');
}
