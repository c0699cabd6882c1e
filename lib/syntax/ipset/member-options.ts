// The options behind `ipset add`, in the order in which ipset prints them. Used by ipset.ts and ipset-save.ts.
import { Buffer } from 'node:buffer';
import type { SetOption } from '../../model/ipset';
import { refuse } from '../problem';
import { readNumber } from '../vocabulary/values';
import type { OptionShape, OptionWords } from './option-words';
import { readOptions } from './option-words';
import { MOST_SECONDS } from './set-options';

/** The kernel's limit (IPSET_MAX_COMMENT_SIZE). */
const SET_COMMENT_LENGTH = 255;

/** Option of a member -> the option of its set without which the kernel refuses it. */
export const NEEDED_OF_SET: ReadonlyMap<string, string> = new Map([
  ['timeout', 'timeout'],
  ['packets', 'counters'],
  ['bytes', 'counters'],
  ['comment', 'comment'],
  ['skbmark', 'skbinfo'],
  ['skbprio', 'skbinfo'],
  ['skbqueue', 'skbinfo'],
]);

/** The options of one `add` line. Throws `InvalidInput`. */
export function readMemberOptions(words: OptionWords): SetOption[] {
  return readOptions(words, MEMBER_OPTIONS, 'a member');
}

const MEMBER_OPTIONS: readonly OptionShape[] = [
  { name: 'before', read: (text) => text },
  { name: 'after', read: (text) => text },
  { name: 'timeout', read: (text) => `${readNumber(text, 'timeout', [0, MOST_SECONDS])}` },
  { name: 'nomatch' },
  { name: 'wildcard' },
  { name: 'packets', read: (text) => readCounter(text, 'packets') },
  { name: 'bytes', read: (text) => readCounter(text, 'bytes') },
  { name: 'comment', read: readComment },
  { name: 'skbmark', read: readSkbMark },
  { name: 'skbprio', read: readSkbPriority },
  { name: 'skbqueue', read: readSkbQueue },
];

function readCounter(text: string, name: string): string {
  if (/^\d{1,19}$/.test(text)) return text;
  return refuse('bad-number', `${name} must be a whole number, got ${text}`, {
    fix: `leave ${name} out: counters count by themselves`,
  });
}

function readComment(text: string): string | undefined {
  if (text.includes('"')) {
    refuse('bad-comment', 'a comment in a set cannot hold a double quote', {
      allowed: 'any other printable text',
      fix: 'leave it out, or write a single one',
    });
  }
  if (FLAGS.test(text)) {
    refuse('bad-comment', `${text} is an option of ipset wherever it stands, also as a comment`, {
      fix: 'write another comment',
    });
  }
  const length = Buffer.byteLength(text);
  if (length > SET_COMMENT_LENGTH) {
    refuse('long-comment', `a comment has at most ${SET_COMMENT_LENGTH} bytes, got ${length}`, {
      fix: 'shorten it',
    });
  }
  return text === '' ? undefined : text;
}

/** What the tool takes out of a line before it reads it (measured). */
const FLAGS = /^--?(!|exist|[qsornf]|quiet|sorted|output|resolve|name|t|terse|file)$/;

const HEX = /^0x[0-9a-f]{1,8}$/i;

/** `MARK` or `MARK/MASK`; the whole mask is not printed, and a mark that changes nothing neither. */
function readSkbMark(text: string): string | undefined {
  const [mark = '', mask = '0xffffffff', ...more] = text.split('/');
  if (more.length > 0 || !HEX.test(mark) || !HEX.test(mask)) {
    refuse('bad-mark', `skbmark is MARK or MARK/MASK, hexadecimal with 0x, got ${text}`, {
      allowed: '0x10 or 0x10/0xff',
      fix: 'write it so',
    });
  }
  const [value, bits] = [Number(mark), Number(mask)];
  if (value === 0 && bits === 0) return undefined;
  return bits === 0xffffffff ? hex(value) : `${hex(value)}/${hex(bits)}`;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** A class of tc, `MAJOR:MINOR` in hexadecimal. */
function readSkbPriority(text: string): string | undefined {
  const halves = /^(?:0x)?([0-9a-f]{1,4}):(?:0x)?([0-9a-f]{1,4})$/i.exec(text)?.slice(1);
  if (halves === undefined) {
    return refuse('bad-number', `skbprio is MAJOR:MINOR, hexadecimal, got ${text}`, {
      allowed: '0:0 to ffff:ffff',
      fix: 'write it so, as tc shows its classes',
    });
  }
  const printed = halves.map((half) => Number(`0x${half}`).toString(16)).join(':');
  return printed === '0:0' ? undefined : printed;
}

function readSkbQueue(text: string): string | undefined {
  const queue = readNumber(text, 'skbqueue', [0, 65535]);
  return queue === 0 ? undefined : `${queue}`;
}
