// What the host's awk program makes of an inverse where others changed what it relies on, for the host in memory.
import { usedChains } from '../../lib/converge/ownership';

/** The restore text of one table, fitted to a save: see ADAPT_AWK in lib/converge/shell/awk.ts. */
export function adaptedInverse(save: string, inverse: string): string {
  const table = /^\*(\S+)$/m.exec(inverse)?.[1] ?? '';
  const rules = rulesOf(save, table);
  const ours = new Set([...inverse.matchAll(/^:(\S+) - /gm)].map(([, name]) => name));
  for (const name of ours) if (name !== undefined) rules.set(name, []);
  return inverse
    .split('\n')
    .flatMap((line) => adaptedLine(line, { rules, ours }))
    .join('\n');
}

function adaptedLine(
  line: string,
  { rules, ours }: { rules: Map<string, string[]>; ours: ReadonlySet<string | undefined> },
): string[] {
  const [, option, name = '', position = '', text = ''] =
    /^-([DIX]) (\S+)(?: (\d+)(?= |$))?(?: (.*))?$/.exec(line) ?? [];
  const standing = rules.get(name) ?? [];
  if (option === 'D') {
    const at = standing.indexOf(text);
    if (at >= 0) standing.splice(at, 1);
    return at < 0 ? [] : [line];
  }
  if (option === 'I') {
    if (standing.includes(text)) return [];
    const at = Math.min(Number(position), standing.length + 1);
    standing.splice(at - 1, 0, text);
    return [`-I ${name} ${at} ${text}`.trimEnd()];
  }
  const isUsed = [...rules].some(
    ([chain, texts]) => !ours.has(chain) && texts.some((each) => usedChains(each).includes(name)),
  );
  return option === 'X' && isUsed ? [] : [line];
}

function rulesOf(save: string, table: string): Map<string, string[]> {
  const rules = new Map<string, string[]>();
  let open = '';
  for (const line of save.split('\n')) {
    if (line.startsWith('*')) open = line.slice(1);
    const [, chain, text = ''] = /^-A (\S+) ?(.*)$/.exec(line) ?? [];
    if (chain !== undefined && open === table) rules.set(chain, [...(rules.get(chain) ?? []), text]);
  }
  return rules;
}
