// What full NAT of a virtual server means: nat by IPVS, and masquerade of what it sends; used by the construct FullNatVip.
import type { Declaration } from '../model/declaration';
import type { VirtualServerAddress } from '../model/ipvs';
import type { Match } from '../model/rule';
import type { Prefix } from './addresses';
import { bindAddress } from './addresses';
import { ACCEPT, MASQUERADE, filter, nat, prepend } from './declare';
import { PROTOCOL_NUMBERS } from './protocol-numbers';
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
      prepend(filter('FORWARD', server.family), [isAnswerOf(server)], ACCEPT),
    ],
  };
}

function declareMasquerade(
  server: ServerByAddress,
  masquerade: FullNat['masquerade'],
): readonly Declaration[] {
  if (masquerade === 'none') return [];
  const matches = masquerade === 'all' ? [] : [isSentBy(server)];
  return [prepend(nat('POSTROUTING', server.family), matches, MASQUERADE)];
}

/** Serves clients of every network and touches nothing else, unlike a match on the client's own network (measured). */
function isSentBy({ protocol, address, port }: ServerByAddress): Match {
  return {
    kind: 'module',
    module: 'ipvs',
    options: [
      { name: '--vproto', values: [`${PROTOCOL_NUMBERS[protocol]}`] },
      { name: '--vaddr', values: [address] },
      { name: '--vport', values: [`${port}`] },
      { name: '--vmethod', values: ['MASQ'] },
    ],
  };
}

/**
 * What comes back through FORWARD, ICMP errors about it included, of connections that INPUT let in: a host whose FORWARD policy
 * is DROP serves too, and nothing else passes by it (measured: docs/lab-notes/0240-accept-one-connection.md). The policy itself
 * is the user's.
 */
function isAnswerOf({ protocol, address, port }: ServerByAddress): Match {
  return {
    kind: 'module',
    module: 'conntrack',
    options: [
      { name: '--ctstate', values: ['RELATED,ESTABLISHED'] },
      { name: '--ctproto', values: [`${PROTOCOL_NUMBERS[protocol]}`] },
      { name: '--ctorigdst', values: [address] },
      { name: '--ctorigdstport', values: [`${port}`] },
    ],
  };
}
