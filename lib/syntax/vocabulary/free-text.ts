// Which options take a free text, which the tools save in quotes: those of the vocabulary, and of extensions that it does not know.
import { MATCHES } from './matches';
import { TARGETS } from './targets';

const OF_OTHER_EXTENSIONS = [
  '--bytecode',
  '--helper',
  '--hex-string',
  '--nflog-prefix',
  '--string',
  '--u32',
  '--ulog-prefix',
];

const FREE_TEXTS: ReadonlySet<string> = new Set([
  ...OF_OTHER_EXTENSIONS,
  ...[...MATCHES.values(), ...TARGETS.values()].flatMap(({ options }) =>
    options.filter(({ text }) => text === true).map(({ name }) => name),
  ),
]);

export function isFreeText(option: string): boolean {
  return FREE_TEXTS.has(option);
}
