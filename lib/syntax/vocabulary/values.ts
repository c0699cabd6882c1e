// Values that several matches and targets take: numbers, marks, ports, names. Each reader refuses what the tools would refuse.
import type { PortRange } from '../../model/rule';
import { closest } from '../closest';
import { refuse } from '../problem';

/** A whole number, decimal or with `0x`. */
export function readNumber(text: string, what: string, [least, most]: readonly [number, number]): number {
  const value = /^(0x[0-9a-f]+|0|[1-9][0-9]*)$/i.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  return refuse('bad-number', `${what} must be ${least} to ${most}, got ${text}`, {
    allowed: `a whole number, ${least} to ${most}`,
    fix: isOctal(text) ? LEADING_ZERO : 'write another number',
  });
}

/** A canonical form of options that take a whole number. */
export function numberOf(what: string, least: number, most: number): (text: string) => string {
  return (text) => `${readNumber(text, what, [least, most])}`;
}

const LEADING_ZERO = 'leave the leading 0 out: the tools take it for octal, or refuse it';

function isOctal(text: string): boolean {
  return /^0\d+$/.test(text);
}

/** What 32 bits can hold. */
export const MOST_32_BITS = 0xffffffff;

/** `VALUE` or `VALUE/MASK`, each of 32 bits. */
export function readMark(text: string): { readonly value: number; readonly mask?: number } {
  const [value = '', mask, ...more] = text.split('/');
  if (more.length > 0)
    refuse('bad-mark', `a mark is VALUE or VALUE/MASK, got ${text}`, { fix: 'write it so' });
  const range = [0, MOST_32_BITS] as const;
  return {
    value: readNumber(value, 'a mark', range),
    ...(mask === undefined ? {} : { mask: readNumber(mask, "a mark's mask", range) }),
  };
}

/** As the tools print marks and other bits. */
export function printHex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** One port, by number: a name means what the host's /etc/services says that day. */
export function readPort(text: string): number {
  if (/^[a-z][a-z0-9+._-]*$/i.test(text)) {
    refuse('port-name', `a port is written as a number, got ${text}`, {
      allowed: '0 to 65535',
      fix: `look ${text} up in /etc/services and write its number`,
    });
  }
  const port = /^(0|[1-9]\d{0,8})$/.test(text) ? Number(text) : NaN;
  if (port <= 65535) return port;
  return refuse('bad-port', `a port must be 0 to 65535, got ${text === '' ? 'nothing' : text}`, {
    allowed: '0 to 65535',
    fix: isOctal(text) ? LEADING_ZERO : 'write a port of that range',
  });
}

/** `80`, `80:90`, `:90` or `80:`; the separator is `:` in matches and `-` in targets. */
export function readPortRange(text: string, separator: ':' | '-'): PortRange {
  return readRange(text, { code: 'bad-port', what: 'a port range', separator, read: readPort });
}

/** The same of numbers of 16 bits that are no ports; `what` is one of them, `several` a range of them. */
export function readNumberRange(text: string, what: string, several: string): string {
  const read = (number: string): number => readNumber(number, what, [0, MOST_16_BITS]);
  return printPortRange(
    readRange(text, { code: 'bad-range', what: `a range of ${several}`, separator: ':', read }),
    ':',
  );
}

const MOST_16_BITS = 0xffff;

interface RangeShape {
  readonly code: string;
  readonly what: string;
  readonly separator: ':' | '-';
  readonly read: (text: string) => number;
}

function readRange(text: string, { code, what, separator, read }: RangeShape): PortRange {
  const [first = '', last, ...more] = text.split(separator);
  if (more.length > 0) refuse(code, `${what} is FIRST${separator}LAST, got ${text}`, { fix: 'write it so' });
  if (last === undefined) return { first: read(first), last: read(first) };
  const open = separator === ':';
  const range = {
    first: open && first === '' ? 0 : read(first),
    last: open && last === '' ? MOST_16_BITS : read(last),
  };
  if (range.first > range.last) {
    refuse(code, `${what} runs upwards, got ${text}`, {
      allowed: `FIRST${separator}LAST`,
      fix: `write ${range.last}${separator}${range.first}`,
    });
  }
  return range;
}

/** A range of one is that one. */
export function printPortRange({ first, last }: PortRange, separator: ':' | '-'): string {
  return first === last ? `${first}` : `${first}${separator}${last}`;
}

/** One of the words that a tool knows, in whatever case; back as the tool prints it. */
export function readOneOf(text: string, words: readonly string[], what: string): string {
  return words.find((word) => word.toLowerCase() === text.toLowerCase()) ?? refuseWord(text, words, what);
}

/** One of the words that a tool knows, exactly as it knows them. */
export function readWord<W extends string>(text: string, words: readonly W[], what: string): W {
  return words.find((word) => word === text) ?? refuseWord(text, words, what);
}

function refuseWord(text: string, words: readonly string[], what: string): never {
  const slip = closest(
    text.toUpperCase(),
    words.map((word) => word.toUpperCase()),
  );
  const near = words.find((word) => word.toUpperCase() === slip);
  return refuse('unknown-word', `${text === '' ? 'nothing' : text} is no ${what}`, {
    allowed: words.join(', '),
    fix: near === undefined ? 'write one of these' : `if ${near} is meant, write it so`,
  });
}

/** A comma-separated list of such words, in whatever case; back in the order in which the tools print them. */
export function readWordList(text: string, words: readonly string[], what: string): string[] {
  const found = new Set(text.split(',').map((word) => readOneOf(word, words, what)));
  return words.filter((word) => found.has(word));
}

/** A name that the kernel keeps in a field of fixed size. */
export function readName(text: string, what: string, most: number): string {
  if (/^[^\s"'\\/]+$/.test(text) && Buffer.byteLength(text) <= most) return text;
  return refuse(
    'bad-name',
    `${what} is 1 to ${most} bytes without spaces, quotes, slashes and backslashes, got ${text}`,
    {
      fix: 'choose another name',
    },
  );
}
