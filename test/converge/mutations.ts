// Damage to a text, by chance: bytes, words, lines, quotes, characters from elsewhere, numbers out of range, an end too early. Used by fuzz tests.
import type { Random } from './random-parts';

/** One to three kinds of damage, one after another. */
export function damaged(random: Random, text: string): string {
  let left = text;
  for (let times = 1 + random.below(3); times > 0; times -= 1) left = random.pick(DAMAGES)(random, left);
  return left;
}

type Damage = (random: Random, text: string) => string;

const STRANGE = [
  ...[
    '\0',
    '\t',
    '\r',
    '\r\n',
    '\n',
    '\\\n',
    '\\',
    '"',
    "'",
    '"" ',
    "''",
    '#',
    ';',
    '|',
    '&&',
    '$(reboot)',
    '`',
  ],
  ...[
    '\u00a0',
    '\u200b',
    '\u2013',
    '\u201c',
    'é',
    '中',
    '😀',
    '\ud800',
    '\u2028',
    '\x1b[0m',
    '%',
    '~',
    '!',
    '*',
    ':',
  ],
];
const NUMBERS = [
  '-1',
  '0',
  '00',
  '1e9',
  '0x',
  '65536',
  '4294967296',
  '99999999999999999999999',
  '0.0.0.0/0',
  '::/0',
  'NaN',
];
const WORDS = [
  ...[
    '-j',
    '-A',
    '-I',
    '-N',
    '-P',
    '-D',
    '-m',
    '!',
    '-s',
    '--dport',
    '-t',
    'nat',
    'add',
    'del',
    'create',
    'dev',
  ],
  ...[
    'via',
    'table',
    'timeout',
    'comment',
    '-r',
    '-w',
    'COMMIT',
    '__proto__',
    'constructor',
    'toString',
    'default',
  ],
];

const bytes: Damage = (random, text) => {
  const at = random.below(text.length + 1);
  const byte = String.fromCharCode(random.below(256));
  return text.slice(0, at) + byte + text.slice(at + random.below(3));
};
const strange: Damage = (random, text) => {
  const at = random.below(text.length + 1);
  return text.slice(0, at) + one(random, STRANGE) + text.slice(at);
};
const end: Damage = (random, text) => text.slice(0, random.below(text.length + 1));
const hole: Damage = (random, text) => {
  const at = random.below(text.length + 1);
  return text.slice(0, at) + text.slice(at + random.below(40));
};
const number: Damage = (random, text) => atSome(random, text, /\d+/g, () => one(random, NUMBERS));
const word: Damage = (random, text) => atSome(random, text, /[^\s"']+/g, () => one(random, WORDS));
const noWord: Damage = (random, text) => atSome(random, text, /[^\s]+ ?/g, () => '');
const twice: Damage = (random, text) => atSome(random, text, /[^\s]+/g, (found) => `${found} ${found}`);
const longWord: Damage = (random, text) => atSome(random, text, /[^\s]+/g, (found) => found.repeat(300));
const lineTwice: Damage = (random, text) =>
  atSome(random, text, /.+\n?/g, (found) => `${found.trimEnd()}\n${found}`);
const noLine: Damage = (random, text) => atSome(random, text, /.+\n?/g, () => '');
const lineElsewhere: Damage = (random, text) => {
  const lines = text.split('\n');
  const [line = ''] = lines.splice(random.below(lines.length), 1);
  lines.splice(random.below(lines.length + 1), 0, line);
  return lines.join('\n');
};
const joined: Damage = (random, text) =>
  atSome(random, text, /\n/g, () => one(random, ['', ' ', ' \\\n', '\n\n']));
const quoted: Damage = (random, text) =>
  atSome(random, text, /[^\s]+/g, (found) => `${one(random, ['"', "'"])}${found}`);

const DAMAGES: readonly [Damage, ...Damage[]] = [
  bytes,
  ...[bytes, strange, strange, end, hole, number, number, word, word, noWord, noWord, twice, longWord],
  ...[lineTwice, noLine, lineElsewhere, joined, quoted],
];

function atSome(random: Random, text: string, what: RegExp, other: (found: string) => string): string {
  const places = [...text.matchAll(what)];
  const place = places[random.below(Math.max(1, places.length))];
  if (place === undefined) return text;
  return text.slice(0, place.index) + other(place[0]) + text.slice(place.index + place[0].length);
}

function one(random: Random, values: readonly string[]): string {
  return values[random.below(values.length)] ?? '';
}
