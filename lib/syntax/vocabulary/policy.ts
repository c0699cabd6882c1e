// The policy match: what IPsec did with a packet that came, or will do with one that leaves. Used by the table of matches.
import { refuse } from '../problem';
import { readUncutPrefix } from './addresses';
import type { Given, MatchEntry, PlainOption, Reading } from './entry';
import { plainMatch } from './entry';
import { readProtocol } from './protocols';
import { MOST_32_BITS, numberOf, printHex, readNumber, readWord } from './values';

/** What describes one transformation of a packet. */
const ELEMENT_OPTIONS: readonly PlainOption[] = [
  { name: '--reqid', negatable: true, canonical: numberOf('a reqid', 0, MOST_32_BITS) },
  {
    name: '--spi',
    negatable: true,
    canonical: (text) => printHex(readNumber(text, 'an SPI', [0, MOST_32_BITS])),
  },
  { name: '--proto', negatable: true, canonical: readProtocolOfIpsec },
  {
    name: '--mode',
    negatable: true,
    canonical: (text) => readWord(text, ['transport', 'tunnel'], 'mode of IPsec'),
  },
  ...['--tunnel-dst', '--tunnel-src'].map((name) => ({
    name,
    negatable: true,
    canonical: (text: string, { family }: Reading) => readUncutPrefix(text, family),
  })),
];

const ELEMENTS = ELEMENT_OPTIONS.map(({ name }) => name);

/** The entry of policy. A list of transformations (`--next`) is not in it, and stays opaque. */
export const POLICY_ENTRY: MatchEntry = plainMatch(
  'policy',
  [
    { name: '--dir', required: true, canonical: (text) => readWord(text, ['in', 'out'], 'direction') },
    { name: '--pol', required: true, canonical: (text) => readWord(text, ['none', 'ipsec'], 'policy') },
    { name: '--strict', values: 0 },
    ...ELEMENT_OPTIONS,
  ],
  { check: checkPolicy },
);

function checkPolicy(given: Given): void {
  if (given.value('--pol') === 'none') given.allow('--dir', '--pol');
  if (given.find('--strict') !== undefined) given.require(...ELEMENTS);
  const mode = given.find('--mode');
  const isTunnel = mode !== undefined && (mode.values[0] === 'tunnel') !== mode.negated;
  if (isTunnel || given.find('--tunnel-dst', '--tunnel-src') === undefined) return;
  refuse('option-missing', '--tunnel-src and --tunnel-dst need --mode tunnel', {
    fix: 'write --mode tunnel, or leave them out',
  });
}

function readProtocolOfIpsec(text: string): string {
  return readWord(readProtocol(text) ?? text, ['ah', 'esp', 'ipcomp'], 'protocol of IPsec');
}
