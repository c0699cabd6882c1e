// The CONNMARK target: the mark of the connection is set, or copied from or to the packet's.
import type { ModuleOption } from '../../model/rule';
import { refuse } from '../problem';
import type { Given, TargetEntry } from './entry';
import { requireOneOf } from './entry';
import { readMarkChange } from './mark';
import { MOST_32_BITS, printHex, readNumber } from './values';

const CHANGES = ['--set-xmark', '--set-mark', '--or-mark', '--and-mark', '--xor-mark'] as const;
const MASKS = ['--nfmask', '--ctmask', '--mask'] as const;
const COPIES = ['--save-mark', '--restore-mark'] as const;

/** Every way to set the mark is saved as `--set-xmark`; saving and restoring it always with both masks. */
export const CONNMARK_ENTRY: TargetEntry = {
  extension: 'CONNMARK',
  options: [
    ...CHANGES.map((name) => ({ name })),
    ...COPIES.map((name) => ({ name, values: 0 as const })),
    ...MASKS.map((name) => ({ name })),
  ],
  read: (given) => ({ kind: 'extension', extension: 'CONNMARK', options: readOptions(given) }),
};

function readOptions(given: Given): ModuleOption[] {
  const option = requireOneOf(given, [...CHANGES, ...COPIES]);
  if (COPIES.some((name) => name === option.name)) {
    given.allow(option.name, ...MASKS);
    if (given.find('--mask') !== undefined && given.find('--nfmask', '--ctmask') !== undefined) {
      refuse('given-twice', '--mask stands for --nfmask and --ctmask together', { fix: 'leave --mask out' });
    }
    const mask = (name: string): string =>
      printHex(
        readNumber(given.value(name) ?? given.value('--mask') ?? `${MOST_32_BITS}`, 'a mask', [
          0,
          MOST_32_BITS,
        ]),
      );
    return [
      { name: option.name, values: [] },
      { name: '--nfmask', values: [mask('--nfmask')] },
      { name: '--ctmask', values: [mask('--ctmask')] },
    ];
  }
  given.allow(option.name);
  const { value, mask } = readMarkChange(option);
  return [{ name: '--set-xmark', values: [`${printHex(value)}/${printHex(mask)}`] }];
}
