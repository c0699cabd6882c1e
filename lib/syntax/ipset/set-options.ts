// The options behind `ipset create`, in the order in which ipset prints them and without its defaults. Used by ipset.ts and ipset-save.ts.
import type { SetOption } from '../../model/ipset';
import { refuse } from '../problem';
import { MOST_32_BITS, readNumber, readOneOf } from '../vocabulary/values';
import type { SetFamily } from './addresses';
import { readAddressSpan, readOneAddress } from './addresses';
import type { OptionShape, OptionWords } from './option-words';
import { readOptions } from './option-words';
import { readBarePorts } from './ports';
import type { SetType } from './set-types';

/** The kernel's limit for timeouts (it counts in milliseconds). */
export const MOST_SECONDS = 2147483;

/** How a set is made and no part of what it is: ipset grows, makes up or does not print these (measured). */
export const NEVER_COMPARED: readonly string[] = ['hashsize', 'bucketsize', 'initval', 'forceadd'];

/** What the tool takes where nothing is said, and leaves out in none of its versions. */
export const SET_DEFAULTS: ReadonlyMap<string, string> = new Map([
  ['family', 'inet'],
  ['maxelem', '65536'],
  ['size', '8'],
]);

/** The options of one `create` line. Throws `InvalidInput`. */
export function readSetOptions(words: OptionWords, type: SetType): SetOption[] {
  const shapes = SET_OPTIONS.filter(({ name }) => type.options.includes(name));
  const options = readOptions(words, [...shapes, ...OLD_OPTIONS], `a set of type ${type.name}`);
  const own = options.filter(({ name }) => type.options.includes(name));
  const read = own.flatMap((option) => readForType(option, { type, options: own }) ?? []);
  checkMasks(read);
  if (type.options.includes('range') && !read.some(({ name }) => name === 'range')) {
    refuse('option-missing', `a set of type ${type.name} needs a range`, {
      allowed: type.name === 'bitmap:port' ? 'range 0-1023' : 'range 192.0.2.0/24',
      fix: 'write range FIRST-LAST behind the type',
    });
  }
  return read;
}

/** The family of what it holds; a bitmap:ip knows only IPv4. */
export function familyOf(options: readonly SetOption[]): SetFamily {
  return options.some(({ name, value }) => name === 'family' && value === 'inet6') ? 'inet6' : 'inet';
}

/** The value of the option by name, if it is there. */
export function optionValue(options: readonly SetOption[], name: string): string | undefined {
  return options.find((option) => option.name === name)?.value;
}

const numberShape = (name: string, least: number, most: number): OptionShape => ({
  name,
  read: (text) => unlessDefault(name, `${readNumber(text, name, [least, most])}`),
});

const asGiven = (name: string): OptionShape => ({ name, read: (text) => text });

const SET_OPTIONS: readonly OptionShape[] = [
  asGiven('range'),
  { name: 'family', read: (text) => unlessDefault('family', readFamily(text)) },
  numberShape('hashsize', 1, MOST_32_BITS),
  numberShape('maxelem', 1, MOST_32_BITS),
  asGiven('netmask'),
  asGiven('bitmask'),
  { name: 'markmask', read: readMarkMask },
  { name: 'size', read: (text) => unlessDefault('size', readSize(text)) },
  numberShape('timeout', 0, MOST_SECONDS),
  { name: 'counters' },
  { name: 'comment' },
  { name: 'skbinfo' },
  { name: 'forceadd' },
  numberShape('bucketsize', 1, 255),
  numberShape('initval', 0, MOST_32_BITS),
];

/** Of ipset 4; today's tool takes them, and they mean nothing to it. */
const OLD_OPTIONS: readonly OptionShape[] = ['probes', 'resize', 'gc'].map(asGiven);

function unlessDefault(name: string, value: string): string | undefined {
  return SET_DEFAULTS.get(name) === value ? undefined : value;
}

function readFamily(text: string): SetFamily {
  return readOneOf(text, ['inet', 'inet6', 'ipv4', 'ipv6'], 'family of a set').endsWith('6')
    ? 'inet6'
    : 'inet';
}

/** The kernel makes room for four at least. */
function readSize(text: string): string {
  return `${Math.max(4, readNumber(text, 'size', [0, 65536]))}`;
}

function readMarkMask(text: string): string | undefined {
  const mask = readNumber(text, 'markmask', [1, MOST_32_BITS]);
  return mask === MOST_32_BITS ? undefined : `0x${mask.toString(16).padStart(8, '0')}`;
}

/** Those whose meaning hangs on the type or the family. Absent where it is the default. */
function readForType(
  option: SetOption,
  { type, options }: { readonly type: SetType; readonly options: readonly SetOption[] },
): SetOption | undefined {
  const { name, value = '' } = option;
  const family = familyOf(options);
  const most = family === 'inet' ? 32 : 128;
  switch (name) {
    case 'netmask': {
      const length = readNumber(value, 'netmask', [1, most]);
      return length === most ? undefined : { name, value: `${length}` };
    }
    case 'bitmask':
      return { name, value: readOneAddress(value, family) };
    case 'range':
      return { name, value: type.name === 'bitmap:port' ? readPortSpan(value) : readIpSpan(value, options) };
    default:
      return option;
  }
}

function readPortSpan(text: string): string {
  const ports = readBarePorts(text);
  if (!text.includes('-')) refuseSpan(text, 'range 0-1023');
  return `${ports[0] ?? 0}-${ports.at(-1) ?? 0}`;
}

function readIpSpan(text: string, options: readonly SetOption[]): string {
  if (!/[-/]/.test(text)) refuseSpan(text, 'range 192.0.2.0/24 or range 192.0.2.1-192.0.2.9');
  const [first, last] = readAddressSpan(text);
  if (!options.some(({ name }) => name === 'netmask') && spanSize(first, last) > 65536) {
    refuse('bad-range', `a bitmap holds at most 65536 addresses, got ${text}`, {
      allowed: 'a range of a /16 or less, or a netmask',
      fix: 'use hash:ip',
    });
  }
  return `${first}-${last}`;
}

function spanSize(first: string, last: string): number {
  const toNumber = (address: string): number =>
    address.split('.').reduce((value, byte) => value * 256 + Number(byte), 0);
  return toNumber(last) - toNumber(first) + 1;
}

function refuseSpan(text: string, allowed: string): never {
  refuse('bad-range', `a range has two ends, got ${text}`, { allowed, fix: 'write both ends' });
}

function checkMasks(options: readonly SetOption[]): void {
  if (['netmask', 'bitmask'].some((mask) => !options.some(({ name }) => name === mask))) return;
  refuse('given-twice', 'netmask and bitmask exclude each other', { fix: 'leave one of them out' });
}
