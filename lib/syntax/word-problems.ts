// What can be wrong with the words of a line before any tool reads them: quotes, a shell's operators, look-alikes. Used by words.ts.
import type { Problem } from '../model/errors';

/** No tool takes a newline in a value, so a quote is closed on the line that opens it. */
export function openQuote(given: string): Problem {
  return {
    code: 'open-quote',
    what: `a ${given.startsWith('"') ? 'double' : 'single'} quote is opened and not closed on its line`,
    given,
    allowed: 'a value cannot hold a newline',
    fix: 'close the quote, or write \\ before it where it is meant as a character',
  };
}

/** A shell would end the command here, and would take nothing of the operator into a word. */
export function shellOperator(rest: string): Problem {
  const operator = /^[;&|<>]+/.exec(rest)?.[0] ?? '';
  return {
    code: 'shell-operator',
    what: `${operator} is an operator of a shell, and no line is run by one`,
    allowed: 'one command on each line',
    fix: 'leave it out and write each command on a line of its own, or quote it where it belongs to a value',
  };
}

/** What web pages and word processors make of the characters of a command, which nobody sees in an error. */
export const LOOK_ALIKES: ReadonlyMap<string, string> = new Map([
  ['\u00a0', 'a blank'],
  ['\u2013', '-'],
  ['\u2014', '-'],
  ['\u2212', '-'],
  ['\u201c', '"'],
  ['\u201d', '"'],
  ['\u2018', "'"],
  ['\u2019', "'"],
]);

/** `meant` is what `LOOK_ALIKES` says of the character. */
export function lookAlike(character: string, meant: string): Problem {
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  const found = character.trim() === '' ? code : `${character} (${code})`;
  return {
    code: 'look-alike',
    what: `${found} stands where ${meant} is meant, as web pages and word processors write it`,
    allowed: 'it may stand in quotes',
    fix: `write ${meant}, or quote it where it belongs to a value`,
  };
}
