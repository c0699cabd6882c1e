// The construct VirtualServer: one virtual server of IPVS with its real servers, by any of the forward methods.
import { Construct } from 'constructs';
import type { VirtualServerAddress } from '../model/ipvs';
import { DEFAULT_SCHEDULER } from '../model/ipvs';
import { familyOf } from '../services/addresses';
import { layOutVirtualServer } from '../services/virtual-server';
import { givenFamily, toCanonicalAddress } from './address-checks';
import { refuseAt } from './checks';
import { isUnknown } from './framework';
import type { Conceal } from './laid-out-parts';
import { toPathName } from './path-name';
import { toRealServers } from './real-servers';
import type { VirtualServerProps } from './virtual-server-props';
import { checkVirtualServerProps, toPort } from './virtual-server-props';

/**
 * A virtual server as ipvsadm(8) knows it: what comes for `address:port`, or with a firewall mark, is shared among real servers.
 * With `nat` the real servers' answers must come back through this host: by their default route, by RealServerRoute, or take
 * FullNatVip. With `dr` and `tunnel` they answer clients themselves: see DirectRoutingRealServer and TunnelRealServer.
 *
 * With a real server by `nat` on another host it sets `net.ipv4.ip_forward=1`; for IPv6 `net.ipv6.conf.all.forwarding=1`, with which
 * a host no longer takes its routes from router advertisements. It adds no rule: where the policy of FORWARD is DROP, accept the
 * answers of nat there yourself.
 *
 * ```ts
 * new VirtualServer(stack, 'web', {
 *   host: director, address: '192.168.2.110', port: 80, scheduler: 'wrr', bindTo: 'eth0',
 *   realServers: [{ address: '192.168.1.2', forward: 'dr', weight: 3 }, { address: '192.168.1.3', forward: 'dr' }],
 * });
 * ```
 */
export class VirtualServer extends Construct {
  constructor(scope: Construct, id: string, props: VirtualServerProps) {
    super(scope, id);
    refuseAt(this, checkVirtualServerProps(props));
    const { host, bindTo, scheduler = DEFAULT_SCHEDULER, schedulerFlags = [], realServers } = props;
    const { persistenceTimeoutSeconds: seconds } = props;
    this.#claim(props);
    const part = { name: `50-virtual-server ${toPathName(this.node.path)}`, declaredBy: this };
    host.laidOut.add(part, (conceal) =>
      layOutVirtualServer(
        {
          server: toServer(props, conceal),
          scheduler,
          schedulerFlags,
          ...(seconds === undefined ? {} : { persistenceTimeoutSeconds: seconds }),
          realServers: toRealServers(realServers, toPort(props), conceal),
        },
        bindTo === undefined ? undefined : conceal(bindTo),
      ),
    );
  }

  #claim({ host, address, firewallMark, protocol = 'tcp', ...props }: VirtualServerProps): void {
    if (firewallMark !== undefined)
      host.laidOut.claim(`virtual server of firewall mark ${firewallMark}`, this);
    if (address !== undefined)
      host.laidOut.claimServer({ address: toCanonicalAddress(address), port: toPort(props), protocol }, this);
  }
}

function toServer(props: VirtualServerProps, conceal: Conceal): VirtualServerAddress {
  const { address, firewallMark: mark, protocol = 'tcp', realServers } = props;
  if (mark !== undefined) {
    const known = realServers.find((server) => !isUnknown(server.address));
    return { by: 'firewall-mark', family: familyOf(known?.address ?? ''), mark };
  }
  const canonical = toCanonicalAddress(address ?? '');
  return {
    by: 'address',
    family: givenFamily(canonical),
    protocol,
    address: conceal(canonical),
    port: toPort(props),
  };
}
