// Tables, chains and rules in the terms of iptables(8), shared by everything that speaks of netfilter.

export type Family = 'ipv4' | 'ipv6';

export type Table = 'filter' | 'nat' | 'mangle' | 'raw' | 'security';

/** The chains that the kernel brings; the order is the one in which iptables-save prints them. */
export const BUILT_IN_CHAINS: Readonly<Record<Table, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
};

/** The kernel's limit (XT_EXTENSION_MAXNAMELEN less the terminator). */
export const CHAIN_NAME_LENGTH = 28;

/** Longer comments are silently cut by the tools (measured), so they are refused. */
export const COMMENT_LENGTH = 255;

export interface ChainAddress {
  readonly family: Family;
  readonly table: Table;
  readonly chain: string;
}

/** One string per chain, for maps and for messages: `ipv4 nat GW-SERVICES`. */
export function chainKey({ family, table, chain }: ChainAddress): string {
  return `${family} ${table} ${chain}`;
}

export function isBuiltInChain({ table, chain }: Pick<ChainAddress, 'table' | 'chain'>): boolean {
  return BUILT_IN_CHAINS[table].includes(chain);
}
