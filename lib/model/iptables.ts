// Tables, chains and rules in the terms of iptables(8), shared by everything that speaks of netfilter.

/** Address family: `ipv4` is iptables, `ipv6` is ip6tables. */
export type Family = 'ipv4' | 'ipv6';

/** Both of them. */
export const FAMILIES: readonly Family[] = ['ipv4', 'ipv6'];

/** Which tool is whose. */
export const IPTABLES: Readonly<Record<Family, string>> = { ipv4: 'iptables', ipv6: 'ip6tables' };

/** The tables that the kernel knows. */
export type Table = 'filter' | 'nat' | 'mangle' | 'raw' | 'security';

/** All of them, in the order in which messages name them. */
export const TABLES: readonly Table[] = ['filter', 'nat', 'mangle', 'raw', 'security'];

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

/** Which chain: the same name in another table or family is another chain. */
export interface ChainAddress {
  readonly family: Family;
  readonly table: Table;
  readonly chain: string;
}

/** For messages: `table nat`, or `table nat of ip6tables`. */
export function tableName({ family, table }: Pick<ChainAddress, 'family' | 'table'>): string {
  return family === 'ipv4' ? `table ${table}` : `table ${table} of ${IPTABLES[family]}`;
}

/** One string per chain, for maps and for messages: `ipv4 nat GW-SERVICES`. */
export function chainKey({ family, table, chain }: ChainAddress): string {
  return `${family} ${table} ${chain}`;
}

/** True for a chain that the kernel brings to this table; only those have a policy. */
export function isBuiltInChain({ table, chain }: Pick<ChainAddress, 'table' | 'chain'>): boolean {
  return BUILT_IN_CHAINS[table].includes(chain);
}
