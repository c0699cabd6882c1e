// Of the ways on which a packet may have come, what does not matter is left out, and nothing else.
import { expect, test } from 'vitest';
import type { Doubt } from '../../lib/simulate/trace';
import type { Way } from '../../lib/simulate/ways';
import { doubtsOf, simplified } from '../../lib/simulate/ways';

const DOUBTS = new Map<string, Doubt>();

/** One for each letter. */
function doubt(text: string): Doubt {
  const address = { family: 'ipv4', table: 'filter', chain: 'INPUT' } as const;
  const found = DOUBTS.get(text) ?? { place: { address, text }, unjudged: [], isByChance: false };
  DOUBTS.set(text, found);
  return found;
}

/** `a !b`: a turned out so, b did not. */
function way(text: string): Way {
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => ({ doubt: doubt(word.replace('!', '')), taken: word.startsWith('!') ? 'no' : 'yes' }));
}

function print(ways: readonly Way[]): string[] {
  return ways.map((each) =>
    each.map((turn) => `${{ yes: '', no: '!', either: '?' }[turn.taken]}${turn.doubt.place.text}`).join(' '),
  );
}

test.each<[string, readonly string[], readonly string[]]>([
  ['one way stays', ['a !b'], ['a !b']],
  ['a doubt that may turn out either way is none', ['a', '!a'], ['']],
  ['the last of several', ['a b', 'a !b'], ['a']],
  ['the first of several', ['a b', '!a b'], ['b']],
  ['a long fork, from its end', ['a', '!a b', '!a !b c', '!a !b !c'], ['']],
  ['what says more than another is left out', ['a', 'a b'], ['a']],
  ['two that differ in more', ['a b', '!a !b'], ['a b', '!a !b']],
  ['a fork in which each way forks', ['a b', 'a !b', '!a c', '!a !c'], ['']],
  ['ways that meet nowhere', ['a', 'b'], ['a', 'b']],
])('%s', (_name, ways, expected) => {
  expect(print(simplified(ways.map(way)))).toEqual(expected);
});

test('very many ways are taken for one that hangs on everything', () => {
  const names = Array.from({ length: 40 }, (_, index) => `x${index}`);
  const [only = [], ...more] = simplified(names.map(way));
  expect(more).toEqual([]);
  expect(only.map(({ taken }) => taken)).toEqual(names.map(() => 'either'));
  expect(doubtsOf([only]).map(({ place }) => place.text)).toEqual(names);
});
