// What a table and a built-in chain allow of a rule: which matches and targets the kernel takes there, and where a rule may jump.
import type { ChainAddress } from '../model/iptables';
import { BUILT_IN_CHAINS, isBuiltInChain } from '../model/iptables';
import type { Match, Rule, Target } from '../model/rule';
import { readChainName } from './chain-name';
import { refuse } from './problem';
import type { Place } from './vocabulary/entry';
import { MATCHES } from './vocabulary/matches';
import { TARGETS } from './vocabulary/targets';

/** Throws `InvalidInput` where the kernel would refuse the rule in this chain. */
export function checkPlace(rule: Rule, address: ChainAddress): void {
  for (const use of deviceUses(rule)) checkDevice(use, address);
  for (const match of rule.matches) {
    const name = moduleName(match);
    checkExtension({ kind: 'match', name, place: MATCHES.get(name) }, address);
  }
  if (rule.target === undefined) return;
  checkChainTarget(rule.target, address);
  checkFiltering(rule.target, address);
  const name = extensionName(rule.target);
  checkExtension({ kind: 'target', name, place: TARGETS.get(name) }, address);
}

/** What of a rule looks at the device by which a packet came (`in`), or leaves (`out`). */
interface DeviceUse {
  readonly option: string;
  readonly side: 'in' | 'out';
}

const CHAINS_WITH_DEVICE = {
  in: ['PREROUTING', 'INPUT', 'FORWARD'],
  out: ['FORWARD', 'OUTPUT', 'POSTROUTING'],
} as const;

function deviceUses({ matches, target }: Rule): DeviceUse[] {
  const clampsToDevice =
    target?.kind === 'extension' && target.options.some(({ name }) => name === '--clamp-mss-to-pmtu');
  return [
    ...matches.flatMap((match) => deviceUse(match) ?? []),
    ...(clampsToDevice ? [{ option: '--clamp-mss-to-pmtu', side: 'out' } as const] : []),
  ];
}

function deviceUse(match: Match): DeviceUse | undefined {
  switch (match.kind) {
    case 'in-interface':
      return { option: '-i', side: 'in' };
    case 'out-interface':
      return { option: '-o', side: 'out' };
    case 'addrtype':
      return match.limit && { option: `--limit-iface-${match.limit}`, side: match.limit };
    case 'module':
      return match.module === 'policy' ? directionOf(match) : undefined;
    default:
      return undefined;
  }
}

function directionOf({ options }: Extract<Match, { kind: 'module' }>): DeviceUse {
  const side = options.find(({ name }) => name === '--dir')?.values[0] === 'in' ? 'in' : 'out';
  return { option: `--dir ${side}`, side };
}

/** A packet has no device to leave by before it is routed, and came by none when the host sends it. */
function checkDevice({ option, side }: DeviceUse, address: ChainAddress): void {
  const chains: readonly string[] = CHAINS_WITH_DEVICE[side];
  if (!isBuiltInChain(address) || chains.includes(address.chain)) return;
  const verb = side === 'in' ? 'came' : 'leaves';
  refuse(
    'device-not-known',
    `${option} looks at the device by which a packet ${verb}, and that is not known in ${address.chain}`,
    {
      allowed: chains.join(', '),
      fix: { '-i': 'leave -i out, or write -o', '-o': 'leave -o out, or write -i' }[option] ?? WRITE_THERE,
    },
  );
}

const WRITE_THERE = 'write the rule into one of these';

function checkChainTarget(target: Target, { table, chain }: ChainAddress): void {
  if (target.kind !== 'jump' && target.kind !== 'goto') return;
  readChainName(target.chain);
  if (Object.values(BUILT_IN_CHAINS).some((chains) => chains.includes(target.chain))) {
    refuse('jump-to-built-in', `no rule can jump to ${target.chain}: it is a built-in chain`, {
      allowed: `a user-defined chain of table ${table}`,
      fix: 'write the chain that is meant',
    });
  }
  if (target.chain === chain)
    refuse('loop', `a rule of ${chain} cannot jump to ${chain}`, { fix: 'write another chain' });
}

/** The tools refuse it too: what nat drops once, it would let pass in every later packet of the connection. */
function checkFiltering(target: Target, { table }: ChainAddress): void {
  if (table !== 'nat' || target.kind !== 'verdict' || target.verdict !== 'DROP') return;
  refuse(
    'target-of-other-table',
    'DROP is no target of table nat, which sees only the first packet of a connection',
    {
      allowed: 'table filter, mangle, raw, security',
      fix: 'write the rule into a chain of table filter',
    },
  );
}

interface Use {
  readonly kind: 'match' | 'target';
  readonly name: string;
  readonly place: Place | undefined;
}

function checkExtension({ kind, name, place: { tables, chains } = {} }: Use, address: ChainAddress): void {
  if (tables !== undefined && !tables.includes(address.table)) {
    refuse(`${kind}-of-other-table`, `${name} is no ${kind} of table ${address.table}`, {
      allowed: `table ${tables.join(', ')}`,
      fix: `write -t ${tables.join(' or -t ')}`,
    });
  }
  if (chains !== undefined && isBuiltInChain(address) && !chains.includes(address.chain)) {
    refuse(`${kind}-of-other-chain`, `${name} is no ${kind} in ${address.chain} of table ${address.table}`, {
      allowed: `${chains.join(', ')}, and user-defined chains that are called from there`,
      fix: WRITE_THERE,
    });
  }
}

/** The word behind `-m`; empty for a match without one, or with no limit to where it may stand. */
function moduleName(match: Match): string {
  if (match.kind === 'module') return match.module;
  return match.kind === 'opaque' ? (match.words[1] ?? '') : '';
}

/** The word behind `-j`; empty for verdicts and chains. */
function extensionName(target: Target): string {
  switch (target.kind) {
    case 'dnat':
      return 'DNAT';
    case 'snat':
      return 'SNAT';
    case 'masquerade':
      return 'MASQUERADE';
    case 'mark':
      return 'MARK';
    case 'reject':
      return 'REJECT';
    case 'extension':
      return target.extension;
    case 'opaque':
      return target.words[1] ?? '';
    case 'verdict':
    case 'jump':
    case 'goto':
      return '';
  }
}
