// How links, addresses, routes and rules become text: a list of phrases gives the canonical line, the complete one, key and value. Used by the printers here.
import type { Entry, EntryKind } from '../../model/entry';
import type { Family } from '../../model/iptables';

/** Some words of a command line that belong together, such as `via 10.0.0.1`. */
export interface Phrase {
  /** By number where `ip` has names, which a host may have changed. */
  readonly text: string;
  /** With such a name, as it stands in the canonical line; absent where it is the same. */
  readonly named?: string;
  /** Part of what tells the thing from all others; else of what can differ. */
  readonly key?: boolean;
  /** What `ip` or the kernel takes where nothing is said: left out of the canonical line. */
  readonly byDefault?: boolean;
}

/** A phrase where the value is known, else none. */
export function phrase(
  keyword: string,
  value: string | number | undefined,
  more: Omit<Phrase, 'text'> = {},
): Phrase[] {
  return value === undefined ? [] : [{ text: `${keyword} ${value}`, ...more }];
}

/** What stands before the phrases: `addr add`, and the family where it is not IPv4. */
export interface Command {
  readonly kind: EntryKind;
  readonly words: string;
  readonly family?: Family;
  /** Before the key's phrases, where those alone do not tell which it is: the device of an address. */
  readonly keyWords?: readonly string[];
  readonly container?: string;
}

/** The entry that phrases make. */
export function phrasesEntry(command: Command, phrases: readonly Phrase[]): Entry {
  const { kind, keyWords = [], container } = command;
  const keys = phrases.filter(({ key }) => key === true);
  const others = phrases.filter(({ key }) => key !== true);
  return {
    kind,
    key: [kind, ...keyWords, ...keys.map(({ text }) => text)].join(' '),
    value: others.map(({ text }) => text).join(' '),
    ...(container === undefined ? {} : { container }),
    line: `ip ${commandWords(command)}${join(phrases.filter(({ byDefault }) => byDefault !== true).map(({ text, named = text }) => named))}`,
  };
}

/** The words behind `ip` with nothing left to defaults: what a host prints of what it holds, and what a step runs. */
export function completeLine(command: Command, phrases: readonly Phrase[]): string {
  return `${commandWords(command)}${join(phrases.map(({ text }) => text))}`;
}

function commandWords({ words, family }: Command): string {
  return family === 'ipv6' ? `-6 ${words}` : words;
}

function join(texts: readonly string[]): string {
  return texts.map((text) => ` ${text}`).join('');
}
