// The statistic match: a share of the packets at random, kept by the kernel in steps of 1/2^31, or every n-th one.
import type { Match } from '../../model/rule';
import { refuse } from '../problem';
import type { Given, MatchEntry } from './entry';
import { plainOptions, printNot } from './entry';
import { MOST_32_BITS, numberOf, readWord } from './values';

type RandomMatch = Extract<Match, { kind: 'statistic-random' }>;

const STEPS = 0x80000000;

const NTH_OPTIONS = [
  { name: '--mode' },
  {
    name: '--every',
    negatable: true,
    required: true,
    canonical: numberOf('a count of packets', 1, MOST_32_BITS),
  },
  { name: '--packet', required: true, canonical: numberOf('a count of packets', 0, MOST_32_BITS) },
];

/** A share at random is a kind of its own, every n-th packet a module. */
export const STATISTIC_ENTRY: MatchEntry = {
  module: 'statistic',
  options: [{ name: '--probability', negatable: true }, ...NTH_OPTIONS],
  read: (given) => {
    const [text = ''] = given.require('--mode').values;
    const mode = readWord(text, ['random', 'nth'], 'statistic mode');
    given.allow('--mode', ...(mode === 'random' ? ['--probability'] : ['--every', '--packet']));
    return mode === 'random' ? readRandom(given) : readNth(given);
  },
};

/** With the eleven decimals of the tools. */
export function printStatisticRandom(match: RandomMatch): string[] {
  const probability = printProbability(match.probability);
  return ['-m', 'statistic', '--mode', 'random', ...printNot(match), '--probability', probability];
}

function readRandom(given: Given): RandomMatch {
  const { negated, values } = given.require('--probability');
  const [text = ''] = values;
  const probability = /^(\d+(\.\d*)?|\.\d+)(e-?\d+)?$/i.test(text) ? Number(text) : NaN;
  if (!(probability >= 0 && probability <= 1)) {
    refuse('bad-probability', `a probability must be 0 to 1, got ${text}`, {
      allowed: '0 to 1',
      fix: 'write another one',
    });
  }
  return {
    kind: 'statistic-random',
    ...(negated ? { negated: true } : {}),
    probability: Math.round(probability * STEPS) / STEPS,
  };
}

function readNth(given: Given): Match {
  const options = plainOptions(given, NTH_OPTIONS);
  const [every, packet] = ['--every', '--packet'].map((name) => Number(given.find(name)?.values[0]));
  if ((packet ?? 0) >= (every ?? 0)) {
    refuse(
      'bad-packet',
      `--packet counts from 0 and must be less than --every, got ${packet ?? ''} of ${every ?? ''}`,
      {
        fix: `write 0 to ${(every ?? 1) - 1}`,
      },
    );
  }
  return { kind: 'module', module: 'statistic', options };
}

/** Eleven decimals of the kernel's step; a tie goes to the even digit as in C, where JavaScript would go up. */
function printProbability(probability: number): string {
  const scale = 10n ** 11n;
  const product = BigInt(Math.round(probability * STEPS)) * scale;
  const steps = BigInt(STEPS);
  const floor = product / steps;
  const twiceRest = (product % steps) * 2n;
  const up = twiceRest > steps || (twiceRest === steps && floor % 2n === 1n);
  const digits = (floor + (up ? 1n : 0n)).toString().padStart(12, '0');
  return `${digits.slice(0, -11)}.${digits.slice(-11)}`;
}
