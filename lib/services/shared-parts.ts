// The parts that several constructs bring to a host, always with the same lines, so that it does not matter who came first.
import type { Declaration } from '../model/declaration';
import type { Family } from '../model/iptables';
import { sysctl } from './declare';

/** A part of the host itself: the same lines whoever brings it. */
export interface SharedPart {
  readonly name: string;
  readonly declarations: readonly Declaration[];
}

/** What one construct lays out on a host: lines of its own, and the parts of the host that it needs. */
export interface LaidOut {
  readonly shared: readonly SharedPart[];
  readonly declarations: readonly Declaration[];
}

const FORWARDING: SharedPart = {
  name: '10-ip-forward',
  declarations: [sysctl('net.ipv4.ip_forward', '1')],
};
const FORWARDING_6: SharedPart = {
  name: '10-ip6-forward',
  declarations: [sysctl('net.ipv6.conf.all.forwarding', '1')],
};

/** Without it the host takes no packet for a pod or a client that it is not itself. */
export function forwarding(family: Family): SharedPart {
  return family === 'ipv4' ? FORWARDING : FORWARDING_6;
}

/** Without it netfilter knows nothing of what IPVS sends, and neither masquerades it nor calls its answers ESTABLISHED (measured). */
export const IPVS_CONNTRACK: SharedPart = {
  name: '10-ipvs-conntrack',
  declarations: [sysctl('net.ipv4.vs.conntrack', '1')],
};

/** A connection to a real server that is gone ends at once, and a client's persistence does not hold it at one of weight 0. */
export const IPVS_EXPIRY: SharedPart = {
  name: '10-ipvs-expiry',
  declarations: [
    sysctl('net.ipv4.vs.expire_nodest_conn', '1'),
    sysctl('net.ipv4.vs.expire_quiescent_template', '1'),
  ],
};

/**
 * Quiet ARP: nobody is told of addresses that other devices have. The kernel takes the larger of `all` and the device's own
 * value, so that `all` is enough whichever device the question comes by (measured: docs/lab-notes/0242-quiet-arp.md).
 */
export const QUIET_ARP: SharedPart = {
  name: '10-quiet-arp',
  declarations: [sysctl('net.ipv4.conf.all.arp_ignore', '1'), sysctl('net.ipv4.conf.all.arp_announce', '2')],
};

/** The device that IPIP packets come out of; `modprobe ipip` makes it, down. */
export const TUNNEL_DEVICE = 'tunl0';

/**
 * Lets unwrapped packets in: they come out of the tunnel from clients that the host has no route to by it. Here too the larger
 * of `all` and the device's own value counts, so both are 0, and each other device is as strict as its own value says.
 */
export const TUNNEL: SharedPart = {
  name: `10-${TUNNEL_DEVICE}`,
  declarations: [
    sysctl('net.ipv4.conf.all.rp_filter', '0'),
    sysctl(`net.ipv4.conf.${TUNNEL_DEVICE}.rp_filter`, '0'),
    { kind: 'link-state', name: TUNNEL_DEVICE },
  ],
};
