// Words that stand for values that are not known yet while lines are laid out and printed, so that nothing there needs to know of tokens.
import { isUnknown } from './framework';

/** The values that one printing conceals. */
export class Placeholders {
  readonly #values: string[] = [];

  /** A plain word for a token, and anything else as it is. No name that we print may hold an `@`. */
  conceal(value: string): string {
    if (!isUnknown(value)) return value;
    this.#values.push(value);
    // Of one width, so that they sort in the order of their numbers, wherever those begin.
    return `@${String(this.#values.length - 1).padStart(9, '0')}@`;
  }

  /** The text with the tokens back in their places. */
  reveal(text: string): string {
    if (this.#values.length === 0) return text;
    return text.replace(/@(\d+)@/g, (word, index) => this.#values[Number(index)] ?? word);
  }
}
