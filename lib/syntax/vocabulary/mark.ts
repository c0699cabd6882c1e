// The packet mark: the mark match and the MARK target, whose five options the tools all save as `--set-xmark`.
import type { Match, Target } from '../../model/rule';
import type { GivenOption, MatchEntry, TargetEntry } from './entry';
import { printNot, requireOneOf } from './entry';
import { MOST_32_BITS, printHex, readMark, readNumber } from './values';

type MarkMatch = Extract<Match, { kind: 'mark' }>;
type MarkTarget = Extract<Target, { kind: 'mark' }>;

/** A match without a mask looks at all 32 bits. */
export const MARK_MATCH_ENTRY: MatchEntry = {
  module: 'mark',
  options: [{ name: '--mark', negatable: true }],
  read: (given) => {
    const { negated, values } = given.require('--mark');
    const { value, mask } = readMark(values[0] ?? '');
    return {
      kind: 'mark',
      ...(negated ? { negated: true } : {}),
      value,
      mask: mask ?? MOST_32_BITS,
    };
  },
};

/** The mask only where it leaves bits out. */
export function printMarkMatch(match: MarkMatch): string[] {
  return ['-m', 'mark', ...printNot(match), '--mark', printMasked(match)];
}

const MARK_OPTIONS = ['--set-xmark', '--set-mark', '--or-mark', '--and-mark', '--xor-mark'] as const;

/** All five options become value and mask. */
export const MARK_TARGET_ENTRY: TargetEntry = {
  extension: 'MARK',
  options: MARK_OPTIONS.map((name) => ({ name })),
  read: (given) => {
    return { kind: 'mark', ...readMarkChange(requireOneOf(given, MARK_OPTIONS)) };
  },
};

/** Always with the mask, unlike the match. */
export function printMarkTarget({ value, mask }: MarkTarget): string[] {
  return ['-j', 'MARK', '--set-xmark', `${printHex(value)}/${printHex(mask)}`];
}

/** `mark = (mark & ~mask) ^ value`; MARK and CONNMARK agree on these options. */
export function readMarkChange({ name, values }: GivenOption): {
  readonly value: number;
  readonly mask: number;
} {
  const [text = ''] = values;
  if (name === '--set-xmark' || name === '--set-mark') {
    const { value, mask = MOST_32_BITS } = readMark(text);
    return { value, mask: name === '--set-mark' ? (mask | value) >>> 0 : mask };
  }
  const bits = readNumber(text, 'a mark', [0, MOST_32_BITS]);
  switch (name) {
    case '--or-mark':
      return { value: bits, mask: bits };
    case '--and-mark':
      return { value: 0, mask: ~bits >>> 0 };
    default:
      return { value: bits, mask: 0 };
  }
}

/** The mask stands there only if it leaves bits out. */
export function printMasked({ value, mask }: { readonly value: number; readonly mask: number }): string {
  return mask === MOST_32_BITS ? printHex(value) : `${printHex(value)}/${printHex(mask)}`;
}

/** `VALUE[/MASK]` as the matches print it. */
export function readMaskedMark(text: string): string {
  const { value, mask = MOST_32_BITS } = readMark(text);
  return printMasked({ value, mask });
}

/** `VALUE[/MASK]` as some targets print it: always with the mask. */
export function readMaskedBits(text: string): string {
  const { value, mask = MOST_32_BITS } = readMark(text);
  return `${printHex(value)}/${printHex(mask)}`;
}
