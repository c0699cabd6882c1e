// The constructs DirectRoutingRealServer and TunnelRealServer: a real server that answers clients itself, as the VIP.
import { Construct } from 'constructs';
import { fullLength } from '../services/addresses';
import { layOutDirectRouting, layOutTunnel } from '../services/real-server';
import { checkAddress, givenFamily, splitPrefix, toCanonicalAddress } from './address-checks';
import type { Check } from './checks';
import { checkIpv4, checkPropNames, ifKnown, refuseAt } from './checks';
import { isUnknown } from './framework';
import type { Host } from './host';
import { toPathName } from './path-name';

/** A real server and the VIP that it answers as. */
export interface RealServerVipProps {
  /** The real server, not the director. */
  readonly host: Host;
  /** The virtual server's address, alone or with /32 (IPv6: /128), or a token for one of IPv4. */
  readonly vip: string;
}

const PROPS: Readonly<Record<keyof RealServerVipProps, true>> = { host: true, vip: true };

/**
 * A real server for forward method `dr` (`ipvsadm -g`): it has the VIP on `lo`, alone (/32), so that it takes the packets that the
 * director sends on to its MAC address, and answers clients directly. Quiet ARP (`net.ipv4.conf.all.arp_ignore=1`,
 * `net.ipv4.conf.all.arp_announce=2`) keeps it from telling the network that it has the VIP: without that, clients reach it past
 * the director, and it looks fine. Both settings are the host's own and count for all its devices.
 *
 * ```ts
 * new DirectRoutingRealServer(stack, 'web-1', { host: realServer, vip: '192.168.2.110' });
 * ```
 */
export class DirectRoutingRealServer extends Construct {
  constructor(scope: Construct, id: string, props: RealServerVipProps) {
    super(scope, id);
    refuseAt(this, [checkPropNames(props, PROPS), checkVip(props.vip, checkAddress)]);
    const part = { name: `50-real-server ${toPathName(this.node.path)}`, declaredBy: this };
    props.host.laidOut.add(part, (conceal) => layOutDirectRouting(conceal(toVip(props.vip))));
  }
}

/**
 * A real server for forward method `tunnel` (`ipvsadm -i`, IPIP): its device `tunl0`, which the kernel module ipip makes, is up and
 * has the VIP, alone (/32), so that it takes the packets that the director wraps, and answers clients directly. IPv4 only.
 *
 * Sets `rp_filter=0` for `tunl0` and for `all`: unwrapped packets come from clients to which routes lead elsewhere, and the kernel
 * takes the larger of both values. Every other device then is as strict as its own value says. ARP is quiet as with
 * DirectRoutingRealServer.
 *
 * ```ts
 * new TunnelRealServer(stack, 'web-1', { host: realServer, vip: '192.168.2.110' });
 * ```
 */
export class TunnelRealServer extends Construct {
  constructor(scope: Construct, id: string, props: RealServerVipProps) {
    super(scope, id);
    refuseAt(this, [checkPropNames(props, PROPS), checkVip(props.vip, checkTunnelAddress)]);
    const part = { name: `50-real-server ${toPathName(this.node.path)}`, declaredBy: this };
    props.host.laidOut.add(part, (conceal) => layOutTunnel(conceal(toVip(props.vip))));
  }
}

/** With a shorter prefix the host would take the whole network for its own. */
function checkVip(vip: string, check: (prop: string, address: string) => Check): Check {
  const { address, length } = splitPrefix(vip);
  const wrong = ifKnown(address, (known) => check('vip', known));
  if (wrong !== undefined || length === undefined) return wrong;
  const full = fullLength(givenFamily(address));
  if (length === `${full}`) return undefined;
  return {
    code: 'not-alone',
    what: 'vip has the length of a network, and a real server would then take that whole network for its own',
    given: isUnknown(vip) ? `/${length}` : vip,
    allowed: `the address alone, or with /${full}`,
    fix: `leave /${length} out`,
  };
}

function checkTunnelAddress(prop: string, address: string): Check {
  if (!address.includes(':')) return checkIpv4(prop, address);
  return {
    code: 'tunnel-ipv6',
    what: `${prop} is IPv6, and tunl0 carries IPv4`,
    given: address,
    allowed: 'an IPv4 address',
    fix: 'take DirectRoutingRealServer, or declare an ip6tnl device and the lines for it with host.declare',
  };
}

function toVip(vip: string): string {
  return toCanonicalAddress(splitPrefix(vip).address);
}
