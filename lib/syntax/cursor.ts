// Walks the words of one command line, option by option, as getopt does. Used by the readers of commands and rules.
import { refuse } from './problem';

/** Short options that take a value, which may be glued to them: `-ptcp`. */
const SHORT_WITH_VALUE = /^(-[tANIPDRCLFZXESwWpsdiojgm])(.+)$/s;
const LONG_WITH_VALUE = /^(--[A-Za-z0-9-]+)=(.*)$/s;

/** The words that are still to be read. Its readers throw `InvalidInput`. */
export class Cursor {
  readonly #words: string[];
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = [...words];
  }

  get done(): boolean {
    return this.#at >= this.#words.length;
  }

  peek(): string | undefined {
    return this.#words[this.#at];
  }

  next(): string {
    const word = this.peek() ?? '';
    this.#at += 1;
    return word;
  }

  /** True if the next word is a `!` of its own, which is then behind us. */
  takeNegation(): boolean {
    if (this.peek() !== '!') return false;
    this.#at += 1;
    return true;
  }

  /** The next word as an option; a value that is glued to it (`-ptcp`, `--dport=80`) becomes a word of its own. */
  peekOption(): string {
    const word = this.peek() ?? '';
    // Told at once of most options: nothing can be glued to them.
    if (word.length <= 2 || (word[1] === '-' && !word.includes('='))) return word;
    const [, option, value] = SHORT_WITH_VALUE.exec(word) ?? LONG_WITH_VALUE.exec(word) ?? [];
    if (option === undefined || value === undefined) return word;
    this.#words.splice(this.#at, 1, option, value);
    return option;
  }

  takeOption(): string {
    const option = this.peekOption();
    this.#at += 1;
    return option;
  }

  /** The value of an option. Throws where another option follows or the line ends. */
  takeValue(option: string): string {
    if (!this.isOptionNext()) return this.next();
    const given = this.peek();
    return refuse(
      'value-missing',
      `${option} has no value${given === undefined ? '' : `, but ${given} behind it`}`,
      {
        fix: `write the value behind ${option}, or leave ${option} out`,
      },
    );
  }

  /** The value of an option that takes a text, which may look like an option. */
  takeText(option: string): string {
    return this.done ? this.takeValue(option) : this.next();
  }

  /** `!` before the value, the older place of a negation. */
  takeOldNegation(option: string, negated: boolean): boolean {
    if (this.peek() !== '!') return negated;
    if (negated) refuse('negated-twice', `${option} is negated twice`, { fix: 'leave one ! out' });
    return this.takeNegation();
  }

  isOptionNext(): boolean {
    const word = this.peek();
    if (word === undefined || word === '!') return true;
    return word[0] === '-' && /^--?[A-Za-z]/.test(word);
  }
}
