// Walks the words of one `ip` command line: keywords with values, each at most once. Used by the readers of link, addr, route and rule.
import { closest } from '../closest';
import { refuse } from '../problem';

/** The words that are still to be read. Its readers throw `InvalidInput`. */
export class IpWords {
  readonly #words: readonly string[];
  readonly #seen = new Set<string>();
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
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

  /** True if the next word is this one, which is then behind us. */
  take(word: string): boolean {
    if (this.peek() !== word) return false;
    this.#at += 1;
    return true;
  }

  /** The word behind a keyword. */
  value(keyword: string): string {
    if (!this.done) return this.next();
    return refuse('value-missing', `${keyword} has no value`, {
      fix: `write the value behind ${keyword}, or leave ${keyword} out`,
    });
  }

  /** Notes that the line says this; `ip` refuses what is said twice, or lets the last one win. */
  once(what: string): void {
    if (this.#seen.has(what)) {
      refuse('given-twice', `${what} is given twice`, {
        allowed: 'once in a line',
        fix: 'leave one of the two out',
      });
    }
    this.#seen.add(what);
  }
}

/** Reads one keyword's value into what is being built. */
export type Keyword<B> = (build: B, words: IpWords, keyword: string) => void;

/** The same reader under each of its names; the first is the one by which a second time is noticed. */
export function keyword<B>(
  names: readonly [string, ...string[]],
  read: Keyword<B>,
): (readonly [string, Keyword<B>])[] {
  return names.map((name) => [
    name,
    (build, words) => {
      words.once(names[0]);
      read(build, words, name);
    },
  ]);
}

/** What a keyword is that no reader knows. */
export function refuseKeyword(word: string, known: Iterable<string>, command: string): never {
  const near = closest(word, [...known]);
  return refuse(
    'unknown-word',
    `${word === '' ? 'nothing' : word} is no word of ${command} that a part may hold`,
    {
      allowed: [...known].join(', '),
      fix: near === undefined ? 'leave it out' : `if ${near} is meant, write it so`,
    },
  );
}

/** A keyword that `ip` knows and a part cannot hold, with the reason. */
export function refused<B>(
  names: readonly [string, ...string[]],
  why: string,
  fix: string,
): (readonly [string, Keyword<B>])[] {
  return names.map((name) => [name, () => refuse('not-declarable', `${name} ${why}`, { fix })]);
}
