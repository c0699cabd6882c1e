// What a real server itself needs: the VIP that it answers for (direct routing, tunnel), or a way back through the director (nat).
import type { Family } from '../model/iptables';
import { bindAlone, familyOf } from './addresses';
import type { LaidOut } from './shared-parts';
import { QUIET_ARP, TUNNEL, TUNNEL_DEVICE } from './shared-parts';

/**
 * The VIP on the loopback device, alone: the host takes packets for it, and with quiet ARP nobody in the network hears that it has
 * it. IPv6 needs no quiet: a host tells neighbours only of addresses of the device that they ask by
 * (measured: docs/lab-notes/0242-quiet-arp.md).
 */
export function layOutDirectRouting(vip: string): LaidOut {
  return {
    shared: familyOf(vip) === 'ipv4' ? [QUIET_ARP] : [],
    declarations: [bindAlone(vip, 'lo')],
  };
}

/** The VIP on the tunnel's device, where packets for it come out. */
export function layOutTunnel(vip: string): LaidOut {
  return { shared: [QUIET_ARP, TUNNEL], declarations: [bindAlone(vip, TUNNEL_DEVICE)] };
}

/** Which packets of the real server go back by the director. */
export interface ReturnRoute {
  /** The real server's address, from which its answers come. */
  readonly from: string;
  /** The director's address in the real server's network. */
  readonly director: string;
  readonly table: number;
  readonly preference: number;
}

/** A table with one route, and the rule that leads answers into it; all else keeps the host's own routes. */
export function layOutReturnRoute({ from, director, table, preference }: ReturnRoute): LaidOut {
  const family: Family = familyOf(director);
  return {
    shared: [],
    declarations: [
      {
        kind: 'route',
        family,
        type: 'unicast',
        destination: 'default',
        table,
        nextHops: [{ via: director }],
        metrics: [],
      },
      {
        kind: 'routing-rule',
        family,
        preference,
        selectors: [{ name: 'from', value: from }],
        action: `lookup ${table}`,
      },
    ],
  };
}
