// What full NAT of a virtual server means: nat by IPVS, and masquerade of what it sends; used by the construct FullNatVip.
import type { Declaration } from '../model/declaration';
import type { VirtualServerAddress } from '../model/ipvs';
import type { Prefix } from './addresses';
import { bindAddress } from './addresses';
import { ACCEPT, filter, masquerade as toMasquerade, nat, prepend } from './declare';
import { isOfConnectionFor, isToVirtualServer } from './matches';
import type { LaidOut } from './shared-parts';
import { IPVS_CONNTRACK, forwarding } from './shared-parts';
import type { VirtualServer } from './virtual-server';
import { declareVirtualServer } from './virtual-server';

/** A virtual server whose clients the real servers never see. */
export interface FullNat {
  readonly virtual: VirtualServer & { readonly server: ServerByAddress };
  /** The virtual server's address with the network that the device gets with it. */
  readonly vip: Prefix;
  readonly device: string;
  /** Whose packets leave with the host's address: those that IPVS sends for this virtual server, all, or none. */
  readonly masquerade: 'vip' | 'all' | 'none';
}

/** A virtual server that is no firewall mark. */
export type ServerByAddress = Extract<VirtualServerAddress, { by: 'address' }>;

/** A VIP on the host's device, with all that a client anywhere needs to be served. */
export function layOutFullNat({ virtual, vip, device, masquerade }: FullNat): LaidOut {
  const { server } = virtual;
  return {
    shared: [forwarding(server.family), IPVS_CONNTRACK],
    declarations: [
      bindAddress(vip, device),
      ...declareVirtualServer(virtual),
      ...declareMasquerade(server, masquerade),
      declareAnswers(server),
    ],
  };
}

function declareMasquerade(
  server: ServerByAddress,
  masquerade: FullNat['masquerade'],
): readonly Declaration[] {
  if (masquerade === 'none') return [];
  // Serves clients of every network and touches nothing else, unlike a match on the client's own network (measured).
  const matches = masquerade === 'all' ? [] : [isToVirtualServer(server, 'MASQ')];
  return [prepend(nat('POSTROUTING', server.family), matches, toMasquerade(true))];
}

/**
 * What comes back through FORWARD, ICMP errors about it included, of connections that INPUT let in: a host whose FORWARD policy
 * is DROP serves too, and nothing else passes by it (measured: docs/lab-notes/0240-accept-one-connection.md). The policy itself
 * is the user's.
 */
function declareAnswers(server: ServerByAddress): Declaration {
  return prepend(
    filter('FORWARD', server.family),
    [isOfConnectionFor(server, 'RELATED,ESTABLISHED')],
    ACCEPT,
  );
}
