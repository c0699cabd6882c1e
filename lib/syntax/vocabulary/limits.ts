// The matches that count: limit (packets in a time), connlimit (connections at a time), hashlimit (packets in a time per address).
import type { Family } from '../../model/iptables';
import type { ModuleOption } from '../../model/rule';
import type { Given, MatchEntry, PlainOption } from './entry';
import { plainMatch, plainOptions, requireOneOf } from './entry';
import { printRate, readRate } from './rates';
import { MOST_32_BITS, numberOf, readName, readWord } from './values';

const LIMIT_STEPS = 10_000;
const HASHLIMIT_STEPS = 1_000_000;

const LIMIT_ENTRY = plainMatch('limit', [
  {
    name: '--limit',
    canonical: (text) => printRate(readRate(text, LIMIT_STEPS).period, LIMIT_STEPS).text,
    filledIn: '3/hour',
  },
  { name: '--limit-burst', canonical: numberOf('a burst', 1, 10_000), leftOut: '5' },
]);

/** Bits of an address. */
const WHOLE: Readonly<Record<Family, number>> = { ipv4: 32, ipv6: 128 };

const SIDES = ['--connlimit-saddr', '--connlimit-daddr'] as const;

const CONNLIMIT_REST: readonly PlainOption[] = [
  {
    name: '--connlimit-mask',
    canonical: (text, { family }) => numberOf('a prefix length', 0, WHOLE[family])(text),
    filledIn: ({ reading }) => `${WHOLE[reading.family]}`,
  },
  {
    name: '--connlimit-saddr',
    values: 0,
    filledIn: (given) => (given.find('--connlimit-daddr') === undefined ? '' : undefined),
  },
  { name: '--connlimit-daddr', values: 0 },
];

const CONNLIMIT_ENTRY: MatchEntry = {
  module: 'connlimit',
  options: [...boundShapes('--connlimit'), ...CONNLIMIT_REST],
  read: (given) => {
    if (given.find('--connlimit-saddr') !== undefined) requireOneOf(given, SIDES);
    const bound = readBound(given, '--connlimit', numberOf('a count of connections', 0, MOST_32_BITS));
    return { kind: 'module', module: 'connlimit', options: [bound, ...plainOptions(given, CONNLIMIT_REST)] };
  },
};

const MODES = ['srcip', 'srcport', 'dstip', 'dstport'] as const;
const MILLISECONDS = numberOf('milliseconds', 0, MOST_32_BITS);

const HASHLIMIT_REST: readonly PlainOption[] = [
  { name: '--hashlimit-burst', canonical: numberOf('a burst', 1, 1_000_000), filledIn: '5' },
  { name: '--hashlimit-mode', canonical: readModes },
  {
    name: '--hashlimit-name',
    required: true,
    canonical: (text) => readName(text, 'the name of a hashlimit table', 255),
  },
  { name: '--hashlimit-htable-size', canonical: numberOf('a size', 0, MOST_32_BITS), leftOut: '0' },
  { name: '--hashlimit-htable-max', canonical: numberOf('a size', 0, MOST_32_BITS), leftOut: '0' },
  { name: '--hashlimit-htable-gcinterval', canonical: MILLISECONDS, leftOut: '1000' },
  { name: '--hashlimit-htable-expire', canonical: MILLISECONDS, filledIn: expireOfUnit },
];

/** How much of an address counts; all of it is not printed. */
function hashlimitMasks(family: Family): PlainOption[] {
  const whole = WHOLE[family];
  return ['--hashlimit-srcmask', '--hashlimit-dstmask'].map((name) => ({
    name,
    canonical: numberOf('a prefix length', 0, whole),
    leftOut: `${whole}`,
  }));
}

const HASHLIMIT_ENTRY: MatchEntry = {
  module: 'hashlimit',
  options: [...boundShapes('--hashlimit', ['--hashlimit']), ...HASHLIMIT_REST, ...hashlimitMasks('ipv4')],
  read: (given) => {
    // Rates in bytes are rounded in a way of their own.
    if (/b(\/|$)/i.test(hashlimitRate(given))) return undefined;
    const printed = printRate(readRate(hashlimitRate(given), HASHLIMIT_STEPS).period, HASHLIMIT_STEPS);
    const bound = readBound(given, '--hashlimit', () => printed.text);
    const usualExpire = `${printed.unitSeconds * 1000}`;
    const shapes = [...HASHLIMIT_REST, ...hashlimitMasks(given.reading.family)];
    const rest = plainOptions(given, shapes).filter(
      ({ name, values }) => name !== '--hashlimit-htable-expire' || values[0] !== usualExpire,
    );
    return { kind: 'module', module: 'hashlimit', options: [bound, ...rest] };
  },
};

/** The entries of limit, connlimit and hashlimit. */
export const LIMIT_ENTRIES: readonly MatchEntry[] = [LIMIT_ENTRY, CONNLIMIT_ENTRY, HASHLIMIT_ENTRY];

function readModes(text: string): string {
  const given = text.split(',').map((mode) => readWord(mode, MODES, 'mode of hashlimit'));
  return MODES.filter((mode) => given.includes(mode)).join(',');
}

/** Entries live as long as the unit that was given, unless told otherwise; the tools compare with the unit that they print. */
function expireOfUnit(given: Given): string {
  return `${readRate(hashlimitRate(given), HASHLIMIT_STEPS).given.unitSeconds * 1000}`;
}

function hashlimitRate(given: Given): string {
  return requireOneOf(given, boundNames('--hashlimit')).values[0] ?? '';
}

function boundNames(stem: string): string[] {
  return [`${stem}-upto`, `${stem}-above`];
}

function boundShapes(stem: string, aliasesOfUpto: readonly string[] = []): PlainOption[] {
  return boundNames(stem).map((name, index) => ({
    name,
    negatable: true,
    ...(index === 0 ? { aliases: aliasesOfUpto } : {}),
  }));
}

/** `! …-above` is `…-upto`, and the tools print it so. */
function readBound(given: Given, stem: string, canonical: (text: string) => string): ModuleOption {
  const option = requireOneOf(given, boundNames(stem));
  const isAbove = option.name.endsWith('-above') !== option.negated;
  const [value = ''] = option.values;
  return { name: `${stem}-${isAbove ? 'above' : 'upto'}`, values: [canonical(value)] };
}
