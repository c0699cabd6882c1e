// One use of a `-m` module or `-j` extension while a rule is read: its options as given, known to the vocabulary or opaque.
import type { Cursor } from './cursor';
import { refuse } from './problem';
import type { GivenOption, OptionShape } from './vocabulary/entry';

/** A `-m` or `-j` with what was given to it so far. */
export class Extension {
  readonly name: string;
  readonly #shapes: readonly OptionShape[] | undefined;
  readonly #words: string[];
  readonly #given: GivenOption[] = [];
  #opaque: boolean;

  /** `opening` is what stands on the command line: `-m NAME` or `-j NAME`. Without an entry its words are opaque. */
  constructor(
    opening: readonly [string, string],
    entry: { readonly options: readonly OptionShape[] } | undefined,
  ) {
    this.#words = [...opening];
    this.name = opening[1];
    this.#shapes = entry?.options;
    this.#opaque = entry === undefined;
  }

  get isOpaque(): boolean {
    return this.#opaque;
  }

  /** True behind an option that we do not know: the words that follow may be its values. */
  get takesWords(): boolean {
    return this.#opaque && !this.isEmpty;
  }

  get isEmpty(): boolean {
    return this.#words.length === 2;
  }

  get words(): readonly string[] {
    return this.#words;
  }

  /** The options that the vocabulary knows it to have. */
  get shapes(): readonly OptionShape[] {
    return this.#shapes ?? [];
  }

  get options(): readonly GivenOption[] {
    return this.#given;
  }

  /** Takes the option with its values if it is one of ours; false if not. */
  take(option: string, cursor: Cursor, negated: boolean): boolean {
    const shape = this.#shapes?.find(
      ({ name, aliases }) => name === option || aliases?.includes(option) === true,
    );
    if (shape === undefined) return false;
    // A ! behind an option is its value where it takes a text or cannot be negated.
    const takesOld = shape.values !== 0 && shape.negatable === true && shape.text === undefined;
    const isNegated = takesOld ? cursor.takeOldNegation(option, negated) : negated;
    if (isNegated && shape.negatable !== true) {
      refuse('bad-negation', `${option} of ${this.name} cannot be negated`, { fix: 'leave the ! out' });
    }
    const values: string[] = [];
    while (values.length < (shape.values ?? 1))
      values.push(shape.text === undefined ? cursor.takeValue(option) : cursor.takeText(option));
    if (isNegated) this.#words.push('!');
    this.#words.push(option, ...values);
    this.#given.push({ name: shape.name, negated: isNegated, values });
    return true;
  }

  /** From here on words are kept as given: the tools of some host may know an option that we do not. */
  becomeOpaque(option: string, negated: boolean): void {
    this.#opaque = true;
    this.#words.push(...(negated ? ['!'] : []), option);
  }

  takeWord(word: string): void {
    this.#words.push(word);
  }
}
