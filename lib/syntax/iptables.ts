// Reads one `iptables` or `ip6tables` command line of a part into what it declares. Used by the table of tools.
import type { ChainAddress, Family, Table } from '../model/iptables';
import type { Declaration, PolicyDeclaration } from '../model/declaration';
import { BUILT_IN_CHAINS, IPTABLES, TABLES, isBuiltInChain } from '../model/iptables';
import { readChainName } from './chain-name';
import { checkPlace } from './chain-rules';
import { readCommandOption } from './command-options';
import type { CommandOption } from './command-options';
import { Cursor } from './cursor';
import { refuse } from './problem';
import { RuleReader } from './rule-reader';
import { readOneOf } from './vocabulary/values';

/** What the words behind `iptables` or `ip6tables` declare: several rules where `-s a,b` expands. Throws `InvalidInput`. */
export function readIptables(words: readonly string[], family: Family): readonly Declaration[] {
  const { table, command, rule } = readLine(new Cursor(words), family);
  const address: ChainAddress = { family, table, chain: readChainName(command.chain) };
  if (command.verb === 'new') return [{ kind: 'chain', ...checkNew(address, rule) }];
  checkTableHasChain(address);
  if (command.verb === 'policy') return [readPolicy(address, command.policy, rule)];
  const place = command.verb === 'append' ? 'tail' : 'head';
  return rule.finish().map((read) => {
    checkPlace(read, address);
    return { kind: 'rule', ...address, place, rule: read };
  });
}

interface CommandLine {
  readonly table: Table;
  readonly command: Extract<CommandOption, { chain: string }>;
  readonly rule: RuleReader;
}

function readLine(cursor: Cursor, family: Family): CommandLine {
  const rule = new RuleReader(family);
  let table: string | undefined;
  let command: CommandLine['command'] | undefined;
  while (!cursor.done) {
    const option = readCommandOption(cursor);
    if (option === undefined) rule.take(cursor);
    else if (option.verb === 'table') table = once('-t', table, option.table);
    else if (option.verb !== 'ignored') command = once('-N, -A, -I or -P', command, option);
  }
  if (command === undefined) {
    refuse('command-missing', 'the line does not say what it declares', {
      allowed: '-N CHAIN, -A CHAIN, -I CHAIN, -P CHAIN',
      fix: 'write one of these',
    });
  }
  return { table: readTable(table ?? 'filter'), command, rule };
}

function once<T>(option: string, found: T | undefined, read: T): T {
  if (found === undefined) return read;
  return refuse('given-twice', `${option} is given twice`, {
    allowed: 'once in a line',
    fix: 'write two lines',
  });
}

function readTable(text: string): Table {
  const table = TABLES.find((known) => known === text);
  if (table !== undefined) return table;
  const known = readOneOf(text, TABLES, 'table of iptables');
  return refuse('unknown-word', `${text} is no table of iptables`, {
    allowed: TABLES.join(', '),
    fix: `write ${known}`,
  });
}

function checkNew(address: ChainAddress, rule: RuleReader): ChainAddress {
  refuseRule('-N', rule);
  const tables = tablesWith(address.chain);
  if (tables.length > 0) {
    refuse('built-in-chain', `${address.chain} is the name of a built-in chain and cannot be made with -N`, {
      fix: `leave the line out: the chain is always there in ${tables.join(', ')}`,
    });
  }
  return address;
}

function readPolicy(address: ChainAddress, policy: string, rule: RuleReader): PolicyDeclaration {
  refuseRule('-P', rule);
  if (!isBuiltInChain(address)) {
    refuse('policy-of-user-chain', `${address.chain} is no built-in chain, and only those have a policy`, {
      allowed: BUILT_IN_CHAINS[address.table].join(', '),
      fix: `write a last rule instead: \`${IPTABLES[address.family]} -t ${address.table} -A ${address.chain} -j ${policy}\``,
    });
  }
  if (policy === 'DROP' && address.table === 'nat') {
    refuse('bad-policy', 'a policy in table nat is ACCEPT, got DROP', {
      allowed: 'ACCEPT: nat sees only the first packet of a connection, and does not filter',
      fix: 'write the policy of a chain of table filter',
    });
  }
  if (policy === 'ACCEPT' || policy === 'DROP') return { kind: 'policy', ...address, policy };
  return refuse('bad-policy', `a policy is ACCEPT or DROP, got ${policy}`, {
    allowed: 'ACCEPT, DROP',
    fix: 'write one of these',
  });
}

function refuseRule(option: string, rule: RuleReader): void {
  if (rule.isEmpty) return;
  refuse('stray-option', `${option} takes no matches and no target`, {
    fix: 'write the rule on a line of its own, with -A or -I',
  });
}

/** A built-in name in the wrong table is nearly always a forgotten `-t`. */
function checkTableHasChain({ table, chain }: ChainAddress): void {
  const tables = tablesWith(chain);
  if (tables.length === 0 || tables.includes(table)) return;
  refuse('chain-of-other-table', `table ${table} has no chain ${chain}`, {
    allowed: `${BUILT_IN_CHAINS[table].join(', ')}, and user-defined chains`,
    fix: `write -t ${tables.join(' or -t ')}`,
  });
}

function tablesWith(chain: string): Table[] {
  return TABLES.filter((table) => BUILT_IN_CHAINS[table].includes(chain));
}
