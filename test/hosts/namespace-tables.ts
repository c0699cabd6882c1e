// Loads rules into a network namespace that lives as long as one command, and reads them back.
import { spawnSync } from 'node:child_process';
import { BUILT_IN_CHAINS, FAMILIES, IPTABLES, type Family, type Table } from '../../lib/model/iptables';
import { parseRuleText } from '../../lib/syntax/iptables-rule';
import { parseSave } from '../../lib/syntax/iptables-save';

const BACK_ENDS = ['nft', 'legacy'] as const;

/** One of the tools, such as `ip6tables-legacy`. */
export interface Tool {
  readonly family: Family;
  readonly name: string;
}

export const TOOLS: readonly Tool[] = FAMILIES.flatMap((family) =>
  BACK_ENDS.map((backEnd) => ({ family, name: `${IPTABLES[family]}-${backEnd}` })),
);

export interface PlacedRule {
  readonly table: Table;
  readonly chain: string;
  readonly place?: 'head' | 'tail';
  /** What stands behind `-A CHAIN `. */
  readonly text: string;
}

/** Sets that rules name: hash:ip of both families, hash:ip,port, and one whose members carry marks. */
const SETS = [
  'S1 hash:ip timeout 0',
  'S2 hash:ip,port',
  'S3 hash:ip skbinfo',
  'KUBE-CLUSTER-IP hash:ip,port',
  'S6 hash:ip family inet6',
];

/** Texts of rules in the order in which they stand, by `table chain`. */
export type TextsByChain = Readonly<Record<string, readonly string[]>>;

/** What the tools save after loading the rules, which may name `sets`. Throws with the rules that the tools refuse. */
export function loadAndSave(
  tool: Tool,
  rules: readonly PlacedRule[],
  sets: readonly string[] = SETS,
): TextsByChain {
  const load = (some: readonly PlacedRule[]): Loaded => run(tool, printRestore(tool, some), sets);
  const { save, error } = load(rules);
  if (error !== undefined) {
    const refused = rules.filter((rule) => load([rule]).error !== undefined);
    const lines = refused.map(({ table, text }) => `\n${table}: ${text}`);
    throw new Error(`${tool.name} refuses ${lines.join('')}\n${error}`);
  }
  return byChain(
    parseSave(save).flatMap(({ table, rules: saved }) => saved.map((rule) => ({ table, ...rule }))),
  );
}

/** The same of rules in anybody's words. All of their chains have rules of their own. */
export function loadAndSaveRaw(tool: Tool, rules: readonly PlacedRule[]): TextsByChain {
  const { save, error } = run(tool, printTables(rules, new Set()), []);
  if (error !== undefined) throw new Error(`${tool.name}: ${error}`);
  return byChain(
    parseSave(save).flatMap(({ table, rules: saved }) => saved.map((rule) => ({ table, ...rule }))),
  );
}

/** The rules as they stand after each was put at the head or the tail of its chain. */
export function byChain(rules: readonly PlacedRule[]): TextsByChain {
  const chains: Record<string, string[]> = {};
  for (const { table, chain, place, text } of rules) {
    const texts = (chains[`${table} ${chain}`] ??= []);
    if (place === 'head') texts.unshift(text);
    else texts.push(text);
  }
  return chains;
}

function printRestore({ family }: Tool, rules: readonly PlacedRule[]): string {
  return printTables(rules, new Set(rules.flatMap(({ text }) => jumps(text, family))));
}

/** `entered`: chains to declare beside those that rules stand in. */
function printTables(rules: readonly PlacedRule[], entered: ReadonlySet<string>): string {
  const tables = [...new Set(rules.map(({ table }) => table))];
  return tables
    .map((table) => {
      const ofTable = rules.filter((rule) => rule.table === table);
      const chains = new Set([...ofTable.map(({ chain }) => chain), ...entered]);
      const made = [...chains].filter((chain) => !BUILT_IN_CHAINS[table].includes(chain));
      const lines = ofTable.map(
        ({ place, chain, text }) => `${place === 'head' ? '-I' : '-A'} ${chain} ${text}`,
      );
      return [`*${table}`, ...made.map((chain) => `:${chain} - [0:0]`), ...lines, 'COMMIT', ''].join('\n');
    })
    .join('');
}

function jumps(text: string, family: Family): string[] {
  const { target } = parseRuleText(text, family);
  return target?.kind === 'jump' || target?.kind === 'goto' ? [target.chain] : [];
}

interface Loaded {
  readonly save: string;
  readonly error?: string;
}

function run({ name }: Tool, restore: string, sets: readonly string[]): Loaded {
  const creating = sets.map((set) => `ipset create ${set}`).join('\n');
  const program = `${creating}\n${name}-restore && ${name}-save`;
  const { status, stdout, stderr, error } = spawnSync('unshare', ['-n', 'sh', '-c', program], {
    input: restore,
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  return status === 0 ? { save: stdout } : { save: stdout, error: stderr };
}
