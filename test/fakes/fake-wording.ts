// How the tools of the host in memory save matches that the vocabulary does not know, as the real ones were seen to do.
import type { Match, Rule } from '../../lib/model/rule';

/** The rule as its host holds it; `undefined` for a match that its tools do not have. */
export function hostsOwn(rule: Rule): Rule | undefined {
  const matches = rule.matches.map((match) => (match.kind === 'opaque' ? savedMatch(match.words) : match));
  if (rule.target?.kind === 'opaque' || matches.includes(undefined)) return undefined;
  return { ...rule, matches: matches.filter((match) => match !== undefined) };
}

function savedMatch([option, module, ...words]: readonly string[]): Match | undefined {
  const saved = option === '-m' && module !== undefined ? MODULES.get(module)?.(valuesOf(words)) : undefined;
  return saved === undefined ? undefined : { kind: 'opaque', words: ['-m', module ?? '', ...saved] };
}

/** Options in the order in which the tools print them, with what they fill in. */
const MODULES: ReadonlyMap<string, (given: ReadonlyMap<string, string>) => string[]> = new Map([
  [
    'time',
    (given) => [
      ...['--timestart', '--timestop'].flatMap((name) => {
        const time = given.get(name);
        return time === undefined ? [] : [name, time.length === '09:00'.length ? `${time}:00` : time];
      }),
      '--datestop',
      given.get('--datestop') ?? '2038-01-19T03:14:07',
    ],
  ],
  ['string', (given) => ['--string', given.get('--string') ?? '', '--algo', given.get('--algo') ?? '']],
]);

function valuesOf(words: readonly string[]): Map<string, string> {
  return new Map(
    words.flatMap((word, index) => (word.startsWith('--') ? [[word, words[index + 1] ?? ''] as const] : [])),
  );
}
