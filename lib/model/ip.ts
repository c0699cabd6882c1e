// Links, addresses, routes and routing rules in the terms of ip(8).
import type { Family } from './iptables';

/** `ip link add NAME type dummy`: the link is ours. */
export interface LinkDeclaration {
  readonly kind: 'link';
  readonly name: string;
  /** `other`: any type that a part cannot declare, as a host may hold it. */
  readonly type: 'dummy' | 'other';
}

/** `ip link set NAME up`. */
export interface LinkStateDeclaration {
  readonly kind: 'link-state';
  readonly name: string;
}

/** `ip addr add ADDRESS/LENGTH dev DEVICE …`. */
export interface AddressDeclaration {
  readonly kind: 'address';
  readonly family: Family;
  readonly device: string;
  /** Without the prefix length; IPv6 as the kernel prints it. */
  readonly address: string;
  readonly prefixLength: number;
  /** The far end of a point-to-point link; the prefix length is then its. */
  readonly peer?: string;
  readonly broadcast?: string;
  /** IPv4 only. */
  readonly label?: string;
  /** By number, as ip(8) prints it with `-N`: 0 global, 253 link, 254 host. */
  readonly scope?: number;
  /** Of the route that the kernel makes for the prefix. */
  readonly metric?: number;
  /** Other words, such as `noprefixroute`, in a fixed order. */
  readonly flags: readonly string[];
}

/** One way of a route. */
export interface NextHop {
  readonly via?: string;
  readonly device?: string;
  readonly weight?: number;
  readonly onlink?: boolean;
}

/** `ip route add …`: one destination in one table, at one metric. */
export interface RouteDeclaration {
  readonly kind: 'route';
  readonly family: Family;
  /** `unicast`, `local`, `blackhole`, `unreachable`, `prohibit`, `throw`, … */
  readonly type: string;
  /** `default`, or a prefix as the kernel prints it. */
  readonly destination: string;
  /** By number: 254 is main. */
  readonly table: number;
  readonly metric?: number;
  readonly tos?: string;
  /** IPv6 only: packets from this prefix alone. */
  readonly from?: string;
  /** IPv6 only: which router to prefer; absent is medium. */
  readonly preference?: 'low' | 'high';
  /** None for a type such as `blackhole`; one, or several for a multipath route. */
  readonly nextHops: readonly NextHop[];
  readonly source?: string;
  readonly scope?: number;
  /** By number: 3 is boot, what `ip route add` gives where nothing is said. */
  readonly protocol?: number;
  /** Metrics such as `mtu 1400` and `advmss 1360`, in a fixed order. */
  readonly metrics: readonly { readonly name: string; readonly value: string }[];
}

/** `ip rule add pref N …`. */
export interface RoutingRuleDeclaration {
  readonly kind: 'routing-rule';
  readonly family: Family;
  readonly preference: number;
  readonly negated?: boolean;
  /** Canonical words of what it matches, such as `from 10.0.0.0/8`, `fwmark 0x1/0xff`, in ip(8)'s own order. */
  readonly selectors: readonly { readonly name: string; readonly value: string }[];
  /** `lookup TABLE` by number, `goto PREF`, `blackhole`, `unreachable`, `prohibit`. */
  readonly action: string;
}
