// The options of ipvsadm, and how its words are taken apart (it uses popt: bundled, glued and long options). Used by ipvsadm.ts.
import { closest } from '../closest';
import { refuse } from '../problem';

interface Option {
  readonly short?: string;
  readonly long: string;
  readonly value: 'none' | 'required' | 'optional';
  /** The commands that take it. */
  readonly of: 'A' | 'a' | 'Aa';
  /** Options of one kind exclude each other. */
  readonly kind?: 'virtual server' | 'forward method';
}

const SERVER = { value: 'required', of: 'Aa', kind: 'virtual server' } as const;
const METHOD = { value: 'none', of: 'a', kind: 'forward method' } as const;

const OPTIONS = [
  { ...SERVER, short: 't', long: 'tcp-service' },
  { ...SERVER, short: 'u', long: 'udp-service' },
  { ...SERVER, long: 'sctp-service' },
  { ...SERVER, short: 'f', long: 'fwmark-service' },
  { short: '6', long: 'ipv6', value: 'none', of: 'Aa' },
  { short: 's', long: 'scheduler', value: 'required', of: 'A' },
  { short: 'b', long: 'sched-flags', value: 'required', of: 'A' },
  { short: 'p', long: 'persistent', value: 'optional', of: 'A' },
  { short: 'M', long: 'netmask', value: 'required', of: 'A' },
  { long: 'pe', value: 'required', of: 'A' },
  { short: 'o', long: 'ops', value: 'none', of: 'A' },
  { short: 'r', long: 'real-server', value: 'required', of: 'a' },
  { ...METHOD, short: 'g', long: 'gatewaying' },
  { ...METHOD, short: 'i', long: 'ipip' },
  { ...METHOD, short: 'm', long: 'masquerading' },
  { short: 'w', long: 'weight', value: 'required', of: 'a' },
  { short: 'x', long: 'u-threshold', value: 'required', of: 'a' },
  { short: 'y', long: 'l-threshold', value: 'required', of: 'a' },
  { long: 'tun-type', value: 'required', of: 'a' },
  { long: 'tun-port', value: 'required', of: 'a' },
  { long: 'tun-nocsum', value: 'none', of: 'a' },
  { long: 'tun-csum', value: 'none', of: 'a' },
  { long: 'tun-remcsum', value: 'none', of: 'a' },
] as const satisfies readonly Option[];

/** By its long name. */
export type OptionName = (typeof OPTIONS)[number]['long'];

/** What a line says: option and value, which is empty for an option that takes none. */
export type GivenOptions = ReadonlyMap<OptionName, string>;

const KNOWN: readonly (Option & { readonly long: OptionName })[] = OPTIONS;

/** How a user writes an option: the short form where there is one. */
export function spell(name: OptionName): string {
  const short = KNOWN.find(({ long }) => long === name)?.short;
  return short === undefined ? `--${name}` : `-${short}`;
}

/** The options behind the command, each at most once, and only those that the command takes. Throws `InvalidInput`. */
export function readOptions(words: readonly string[], command: 'A' | 'a'): GivenOptions {
  const given = new Map<OptionName, string>();
  const rest = [...words];
  while (rest.length > 0) {
    const { option, value } = takeOption(rest);
    if (!option.of.includes(command)) refuseStray(option, command);
    const before = [...given.keys()].find((name) => name === option.long || isSameKind(name, option));
    if (before !== undefined) refuseTwice(before, option);
    given.set(option.long, value);
  }
  return given;
}

type KnownOption = (typeof KNOWN)[number];

interface Taken {
  readonly option: KnownOption;
  readonly value: string;
}

/** Takes the first option off the words, with its value: glued to it, behind a `=`, or the next word. */
function takeOption(words: string[]): Taken {
  const word = words.shift() ?? '';
  const [, name = '', glued] =
    /^--([^=]+)(?:=(.*))?$/su.exec(word) ?? /^-([^-])(.+)?$/su.exec(word) ?? refuseArgument(word);
  const isLong = word.startsWith('--');
  const option = KNOWN.find(({ short, long }) => (isLong ? long === name : short === name));
  if (option === undefined) return refuseOption(word, isLong ? `--${name}` : `-${name}`);
  if (option.value !== 'none')
    return { option, value: takeValue(option, words, isLong ? glued : unglued(glued)) };
  if (glued !== undefined && isLong) refuseValue(option);
  if (glued !== undefined) words.unshift(`-${glued}`);
  return { option, value: '' };
}

/** popt takes `-p360` and `-p=360` alike. */
function unglued(glued: string | undefined): string | undefined {
  return glued?.startsWith('=') === true ? glued.slice(1) : glued;
}

function takeValue(option: KnownOption, words: string[], glued: string | undefined): string {
  if (glued !== undefined) return glued;
  const next = words[0];
  const isValue = option.value === 'optional' ? /^[^-]/ : /^(?!--?[A-Za-z])/;
  if (next !== undefined && isValue.test(next)) return words.shift() ?? '';
  if (option.value === 'optional') return '';
  return refuse('value-missing', `${spell(option.long)} has no value`, {
    fix: `write the value behind ${spell(option.long)}, or leave ${spell(option.long)} out`,
  });
}

function isSameKind(name: OptionName, { kind }: Option): boolean {
  return kind !== undefined && KNOWN.find(({ long }) => long === name)?.kind === kind;
}

function refuseTwice(before: OptionName, option: KnownOption): never {
  const first = spell(before);
  const second = spell(option.long);
  refuse(
    'given-twice',
    option.kind === undefined
      ? `${second} is given twice`
      : `a line has one ${option.kind}, got ${first} and ${second}`,
    { allowed: 'once in a line', fix: 'write one of them' },
  );
}

const COMMANDS = { A: '-A, a virtual server', a: '-a, a real server' } as const;

function refuseStray({ long }: KnownOption, command: 'A' | 'a'): never {
  const other = command === 'A' ? 'a' : 'A';
  refuse('stray-option', `${spell(long)} is no option of ${COMMANDS[command]}`, {
    allowed: optionsOf(command),
    fix: `write it on the line with ${COMMANDS[other]}`,
  });
}

function refuseOption(word: string, name: string): never {
  const near = closest(
    name,
    KNOWN.map(({ long }) => `--${long}`),
  );
  refuse('unknown-option', `${name} is no option of ipvsadm -A or -a`, {
    given: word,
    allowed: `${optionsOf('A')}; ${optionsOf('a')}`,
    fix: near === undefined ? 'leave it out' : `if ${near} is meant, write it so`,
  });
}

function refuseArgument(word: string): never {
  return refuse('stray-word', `${word === '' ? 'an empty word' : word} belongs to no option`, {
    given: word,
    fix: 'leave it out, or write the option before it',
  });
}

function refuseValue({ long }: KnownOption): never {
  refuse('stray-value', `--${long} takes no value`, { fix: `write --${long} alone` });
}

function optionsOf(command: 'A' | 'a'): string {
  const names = KNOWN.filter(({ of }) => of.includes(command)).map(({ long }) => spell(long));
  return `-${command} with ${names.join(' ')}`;
}
