// Which options take a free text, which the tools save in quotes.
import { MATCHES } from './matches';
import { TARGETS } from './targets';

/** `always`: in quotes even where the text needs none. */
const FREE_TEXTS: ReadonlyMap<string, true | 'always'> = new Map(
  [...MATCHES.values(), ...TARGETS.values()].flatMap(({ options }) =>
    options.flatMap(({ name, text }) => (text === undefined ? [] : [[name, text] as const])),
  ),
);

/** How the value of an option is quoted; absent where it is a word and no text. */
export function freeTextOf(option: string): true | 'always' | undefined {
  return FREE_TEXTS.get(option);
}
