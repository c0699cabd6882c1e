// What a host holds now, as data: made from a reading (read.ts), used by all pure steps of convergence.
import type { Entry } from '../model/entry';
import type { ChainAddress, Family, Table } from '../model/iptables';
import { BUILT_IN_CHAINS, TABLES, chainKey } from '../model/iptables';
import { parseSave } from '../syntax/iptables-save';
import type { OtherBackend } from './backends';
import type { CameBy } from './lockout/came-by';
import type { Manifest } from './manifest';

export interface LiveChain {
  readonly address: ChainAddress;
  /** Of a built-in chain. */
  readonly policy?: string;
  /** As iptables-save prints them behind `-A CHAIN `. */
  readonly rules: readonly string[];
}

/** One object of the kernel as it is. */
export interface LiveEntry extends Entry {
  /** The kernel or a program made it and keeps it (a kernel's route, a member with a running timeout): never drift, never removed. */
  readonly isDynamic?: boolean;
  /** Other words for the same thing: a line may leave to the kernel what the kernel then chose, such as a route's device. */
  readonly alike?: readonly Pick<Entry, 'value' | 'line'>[];
}

export interface Live {
  /** Chains that exist. A built-in chain of a table that was never used counts as there, empty, with policy ACCEPT. */
  readonly chains: ReadonlyMap<string, LiveChain>;
  /** The asked-for keys; absent ones have `undefined`. */
  readonly sysctls: ReadonlyMap<string, string | undefined>;
  /** By key; of the subsystems that were asked for. */
  readonly entries: ReadonlyMap<string, LiveEntry>;
  /** Of the kernel modules that were asked for, those that the host's kernel does not have. */
  readonly missingModules: readonly string[];
  readonly manifest: Manifest;
  /** Absent where the host could not tell. */
  readonly cameBy?: CameBy;
  /** The back-end of iptables that is not in use; absent where it is not known which one that is. */
  readonly otherBackend?: OtherBackend;
  /** True where the host has conntrack(8). */
  readonly hasConntrack: boolean;
  /** Where the process of kube-proxy stands in /proc, if that was asked for and it runs. */
  readonly kubeProxy?: string;
}

/**
 * Reads the text of iptables-save or ip6tables-save. A table without a line equals one without rules. Throws `UnreadableSave`;
 * for hidden rules only where they are of a `needed` table.
 */
export function toLiveChains(
  save: string,
  family: Family,
  needed: readonly Table[] = TABLES,
): Map<string, LiveChain> {
  const chains = new Map<string, LiveChain>();
  for (const saved of parseSave(save, { needed, family })) {
    const rules = new Map<string, string[]>(saved.chains.map(({ name }) => [name, []]));
    for (const { chain, text } of saved.rules) rules.get(chain)?.push(text);
    for (const { name, policy } of saved.chains) {
      const address = { family, table: saved.table, chain: name };
      chains.set(chainKey(address), {
        address,
        rules: rules.get(name) ?? [],
        ...(policy === undefined ? {} : { policy }),
      });
    }
  }
  return chains;
}

/** Adds the built-in chains of tables that nobody used yet. */
export function withBuiltInChains(
  chains: ReadonlyMap<string, LiveChain>,
  family: Family,
): Map<string, LiveChain> {
  const all = new Map(chains);
  for (const table of TABLES) {
    for (const chain of BUILT_IN_CHAINS[table]) {
      const address = { family, table, chain };
      if (!all.has(chainKey(address))) all.set(chainKey(address), { address, policy: 'ACCEPT', rules: [] });
    }
  }
  return all;
}
