// What a chain's name and place allow: names that the tools take, targets and devices that a table or built-in chain refuses.
import type { ChainAddress } from '../model/iptables';
import { BUILT_IN_CHAINS, CHAIN_NAME_LENGTH, isBuiltInChain } from '../model/iptables';
import type { Rule, Target } from '../model/rule';
import { refuse } from './problem';
import { OTHER_EXTENSIONS, TARGETS, VERDICTS } from './vocabulary/targets';

/** The name of a chain. Throws `InvalidInput` for one that the tools refuse or cannot save. */
export function readChainName(name: string): string {
  const bytes = Buffer.byteLength(name);
  if (bytes > CHAIN_NAME_LENGTH) {
    refuse(
      'long-chain-name',
      `a chain's name has at most ${CHAIN_NAME_LENGTH} characters, got ${bytes}: ${name}`,
      {
        allowed: `1 to ${CHAIN_NAME_LENGTH} characters`,
        fix: 'shorten it',
      },
    );
  }
  if (!/^[A-Za-z0-9_.:+@/][A-Za-z0-9_.:+@/-]*$/.test(name)) {
    refuse('bad-chain-name', `${name === '' ? 'nothing' : name} is no name of a chain`, {
      allowed: 'letters, digits and _ . : + @ / -, not beginning with -',
      fix: 'write another name',
    });
  }
  if (isExtension(name)) {
    refuse('bad-chain-name', `${name} is a target of iptables and cannot be a chain`, {
      fix: 'choose another name',
    });
  }
  return name;
}

/** Throws `InvalidInput` where the kernel would refuse the rule in this chain. */
export function checkPlace(rule: Rule, address: ChainAddress): void {
  checkDevices(rule, address);
  if (rule.target === undefined) return;
  checkChainTarget(rule.target, address);
  checkExtension(rule.target, address);
}

function isExtension(name: string): boolean {
  return TARGETS.has(name) || OTHER_EXTENSIONS.has(name) || VERDICTS.some((verdict) => verdict === name);
}

/** The device that a packet leaves by is not known yet before routing, nor the one that it came by when the host sends it. */
function checkDevices(rule: Rule, address: ChainAddress): void {
  if (!isBuiltInChain(address)) return;
  const unknown = {
    PREROUTING: 'out-interface',
    INPUT: 'out-interface',
    OUTPUT: 'in-interface',
    POSTROUTING: 'in-interface',
  }[address.chain];
  if (!rule.matches.some(({ kind }) => kind === unknown)) return;
  const option = unknown === 'in-interface' ? '-i' : '-o';
  refuse(
    'device-not-known',
    `${option} can match nothing in ${address.chain}: the device is not known there`,
    {
      fix: `leave ${option} out, or write ${option === '-i' ? '-o' : '-i'}`,
    },
  );
}

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

function checkExtension(target: Target, address: ChainAddress): void {
  const name = extensionName(target);
  const entry = name === undefined ? undefined : TARGETS.get(name);
  if (name === undefined || entry === undefined) return;
  const { tables, chains } = entry;
  if (tables !== undefined && !tables.includes(address.table)) {
    refuse('target-of-other-table', `${name} is no target of table ${address.table}`, {
      allowed: `table ${tables.join(', ')}`,
      fix: `write -t ${tables.join(' or -t ')}`,
    });
  }
  if (chains !== undefined && isBuiltInChain(address) && !chains.includes(address.chain)) {
    refuse('target-of-other-chain', `${name} is no target in ${address.chain} of table ${address.table}`, {
      allowed: `${chains.join(', ')}, and user-defined chains that are called from there`,
      fix: 'write the rule into one of these',
    });
  }
}

function extensionName(target: Target): string | undefined {
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
      return target.words[1];
    case 'verdict':
    case 'jump':
    case 'goto':
      return undefined;
  }
}
