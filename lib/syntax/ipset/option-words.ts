// Walks the words of an ipset line: what tells the tool how to run is passed over, options are read with their values. Used by ipset.ts.
import type { SetOption } from '../../model/ipset';
import { closest } from '../closest';
import { refuse } from '../problem';

/** How the tool runs is not state; `-exist` only lets pass what is there already. */
const RUN_FLAGS: readonly string[] = ['-exist', '--exist', '-!', '-quiet', '--quiet', '-q'];

/** One option behind `create` or `add`. */
export interface OptionShape {
  readonly name: string;
  /** The value as ipset prints it, nothing where it is the tool's default. Throws `InvalidInput`. @default - takes no value */
  readonly read?: (text: string) => string | undefined;
}

/** The words that are still to be read. */
export class OptionWords {
  readonly #words: readonly string[];
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  /** The next word that says something; absent at the end. */
  next(): string | undefined {
    while (RUN_FLAGS.includes(this.#words[this.#at] ?? '')) this.#at += 1;
    this.#at += 1;
    return this.#words[this.#at - 1];
  }

  /** Whatever stands behind an option. */
  takeValue(option: string): string {
    const value = this.#words[this.#at];
    this.#at += 1;
    return (
      value ??
      refuse('value-missing', `${option} has no value`, {
        fix: `write its value behind ${option}, or leave it out`,
      })
    );
  }
}

/** The options in the order of `shapes`, which is the one in which ipset prints them. */
export function readOptions(words: OptionWords, shapes: readonly OptionShape[], where: string): SetOption[] {
  const first = words.next();
  // Most members have none, and there may be 100,000 of them.
  if (first === undefined) return [];
  const given = new Map<string, string | undefined>();
  for (let word: string | undefined = first; word !== undefined; word = words.next()) {
    const shape = findShape(word, shapes) ?? refuseOption(word, shapes, where);
    const value = shape.read === undefined ? undefined : words.takeValue(shape.name);
    if (given.has(shape.name)) {
      refuse('given-twice', `${shape.name} is given twice`, { fix: 'leave one out' });
    }
    given.set(shape.name, value);
  }
  return shapes.flatMap(({ name, read }): SetOption[] => {
    if (!given.has(name)) return [];
    if (read === undefined) return [{ name }];
    const value = read(given.get(name) ?? '');
    return value === undefined ? [] : [{ name, value }];
  });
}

function findShape(word: string, shapes: readonly OptionShape[]): OptionShape | undefined {
  const name = word.startsWith('--') ? word.slice(2) : word;
  return shapes.find((shape) => shape.name === name);
}

function refuseOption(word: string, shapes: readonly OptionShape[], where: string): never {
  const names = shapes.map(({ name }) => name);
  const near = closest(word.replace(/^-+/, ''), names);
  return refuse('unknown-option', `${word} is no option of ${where}`, {
    allowed: names.join(', '),
    fix: near === undefined ? 'leave it out' : `if ${near} is meant, write it so`,
  });
}
