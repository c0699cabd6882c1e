// The construct RealServerRoute: a real server behind nat sends its answers back through the director, and nothing else.
import { Construct } from 'constructs';
import { layOutReturnRoute } from '../services/real-server';
import { checkAddress, checkAreOfOneFamily, givenFamily, toCanonicalAddress } from './address-checks';
import type { Check } from './checks';
import { checkBetween, checkPropNames, ifKnown, refuseAt } from './checks';
import type { Host } from './host';
import { toPathName } from './path-name';

/** A real server, and the director that its answers go back through. */
export interface RealServerRouteProps {
  /** The real server, not the director. */
  readonly host: Host;
  /** The address that the director sends to, RIP; a token is taken for one of IPv4. */
  readonly realServerAddress: string;
  /** The director's address in the real server's network, DIP; a token is taken for one of IPv4. */
  readonly director: string;
  /**
   * The number of the routing table that gets the route, none of the kernel's own (253 to 255). Two real server addresses with
   * different directors on one host need two tables.
   * @default 80
   */
  readonly table?: number;
  /**
   * The place of the rule among all routing rules of the host, 1 to 32765 (main is 32766): `ip rule add pref`. Two
   * RealServerRoutes of a host may share it.
   * @default 1000
   */
  readonly preference?: number;
}

const PROPS: Readonly<Record<keyof RealServerRouteProps, true>> = {
  host: true,
  realServerAddress: true,
  director: true,
  table: true,
  preference: true,
};
const DEFAULT_TABLE = 80;
const DEFAULT_PREFERENCE = 1000;

/**
 * For real servers of forward method `nat` whose default route is not the director: what they send from `realServerAddress` goes
 * to the director by a table of its own (`ip rule add pref 1000 from RIP lookup 80`, `ip route add default via DIP table 80`), so
 * that it can translate the answers. Connections of the host itself from that address go that way too.
 *
 * ```ts
 * new RealServerRoute(stack, 'web-1', { host: realServer, realServerAddress: '192.168.1.2', director: '192.168.1.9' });
 * ```
 */
export class RealServerRoute extends Construct {
  constructor(scope: Construct, id: string, props: RealServerRouteProps) {
    super(scope, id);
    refuseAt(this, checkProps(props));
    const { host, table = DEFAULT_TABLE, preference = DEFAULT_PREFERENCE } = props;
    const director = toCanonicalAddress(props.director);
    const route = givenFamily(director) === 'ipv6' ? 'the IPv6 default route' : 'the default route';
    host.laidOut.agree(`${route} of table ${table}`, director, this);
    const part = { name: `50-real-server-route ${toPathName(this.node.path)}`, declaredBy: this };
    host.laidOut.add(part, (conceal) =>
      layOutReturnRoute({
        from: conceal(toCanonicalAddress(props.realServerAddress)),
        director: conceal(director),
        table,
        preference,
      }),
    );
  }
}

function checkProps(props: RealServerRouteProps): readonly Check[] {
  const { realServerAddress, director, table, preference } = props;
  return [
    checkPropNames(props, PROPS),
    ifKnown(realServerAddress, (address) => checkAddress('realServerAddress', address)),
    ifKnown(director, (address) => checkAddress('director', address)),
    checkAreOfOneFamily(
      'the real server and the director are of two families',
      [realServerAddress, director],
      'give the address that the director has in the network of realServerAddress',
    ),
    table === undefined ? undefined : (checkBetween('table', table, [1, 2 ** 32 - 1]) ?? checkIsFree(table)),
    preference === undefined ? undefined : checkBetween('preference', preference, [1, 32_765]),
  ];
}

function checkIsFree(table: number): Check {
  if (table < 253 || table > 255) return undefined;
  return {
    code: 'table-of-the-kernel',
    what: "table is one of the kernel's own, whose routes count for all packets of the host",
    given: String(table),
    allowed: '1 to 252, 256 to 4294967295',
    fix: `leave table out: it is then ${DEFAULT_TABLE}`,
  };
}
