// A rule as the words of Ansible's module ansible.builtin.iptables, as far as it has words for it. Used by subjects/ansible.ts.

/** The module's arguments by name. */
export type SingleRule = Readonly<Record<string, string>>;

const ARGUMENTS: Readonly<Record<string, string>> = {
  '-A': 'chain',
  '-s': 'source',
  '-d': 'destination',
  '-p': 'protocol',
  '-j': 'jump',
  '--dport': 'destination_port',
  '--comment': 'comment',
  '--to-destination': 'to_destination',
};

/** Options whose value the module adds by itself, or has no word for. */
const LEFT_OUT = new Set(['-m', '--mode', '--probability']);

/** What a task says that is looped over such rules. */
export const LOOPED_RULE: SingleRule = Object.fromEntries(
  ['table', ...Object.values(ARGUMENTS)].map((name): [string, string] => [
    name,
    `{{ item.${name} | default(omit) }}`,
  ]),
);

/** A line of table nat; nothing where the module lacks more words than those of the match statistic. */
export function toSingleRule(line: string): SingleRule | undefined {
  const words = [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
  const rule: Record<string, string> = { table: 'nat' };
  let sign = '';
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '!') {
      sign = '!';
      continue;
    }
    const name = ARGUMENTS[word];
    const value = words[index + 1];
    if (value === undefined) return undefined;
    if (name !== undefined) rule[name] = `${sign}${value}`;
    else if (!LEFT_OUT.has(word)) return undefined;
    sign = '';
    index += 1;
  }
  return rule;
}
