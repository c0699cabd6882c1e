// The construct FullNatVip: a virtual server whose real servers answer the host alone, whatever the client and whatever their routes.
import { Construct } from 'constructs';
import type { Scheduler } from '../model/ipvs';
import { DEFAULT_SCHEDULER } from '../model/ipvs';
import { layOutFullNat } from '../services/full-nat';
import type { Protocol } from '../services/service';
import {
  checkAreOfOneFamily,
  checkDevice,
  checkPrefix,
  givenFamily,
  splitPrefix,
  toCanonicalAddress,
} from './address-checks';
import type { Check } from './checks';
import { checkPort, checkPropNames, checkWord, ifKnown, refuseAt } from './checks';
import type { Host } from './host';
import { toPathName } from './path-name';
import { checkPersistence, checkRealServers, checkScheduler, toRealServers } from './real-servers';

/** A VIP, the device that gets it, and the real servers behind it. */
export interface FullNatVipProps {
  /** The director: the host that gets the VIP and balances. */
  readonly host: Host;
  /**
   * The virtual address with the length of its network, as `ip addr add` takes it: `182.16.100.101/24`, or with /32 (IPv6: /128)
   * where the device shall get the address alone. The address may be a token for one of IPv4, the length not.
   */
  readonly vip: string;
  /** The network device that gets the VIP, such as `eth0`. A plan fails where the host has none of that name. */
  readonly device: string;
  /** The port at the VIP, 1 to 65535. */
  readonly port: number;
  /**
   * The protocol: `ipvsadm -t`, `-u`, `--sctp-service`.
   * @default tcp
   */
  readonly protocol?: Protocol;
  /**
   * How connections are shared among real servers, as the kernel names it: `ipvsadm -s`.
   * @default wlc, as with ipvsadm: fewest connections for its weight
   */
  readonly scheduler?: Scheduler;
  /** Where connections go: `ipvsadm -a … -m`. While there is none, they are refused. */
  readonly realServers: readonly FullNatRealServer[];
  /**
   * Seconds for which a client keeps its real server after its last connection, at most 31 days: `ipvsadm -p`.
   * @default - no persistence: each connection is scheduled anew
   */
  readonly persistenceTimeoutSeconds?: number;
  /**
   * Whose packets leave with the host's own address, so that answers come back to it. `vip`: what IPVS sends for this VIP and
   * port, from clients of every network. `all`: all that leaves the host, other than for this VIP too. `none`: nobody's; then
   * the real servers' routes to clients must lead through this host.
   * @default vip
   */
  readonly masquerade?: 'vip' | 'all' | 'none';
}

/** Where the connections of a VIP may go. */
export interface FullNatRealServer {
  /** Its address, of the VIP's family, or a token for one of IPv4 that is known at apply. */
  readonly address: string;
  /** The port there. */
  readonly port: number;
  /**
   * Its share relative to others, for schedulers that weigh: 0 to 2147483647; 0 gets no new connections. `ipvsadm -w`.
   * @default 1
   */
  readonly weight?: number;
}

const PROPS: Readonly<Record<keyof FullNatVipProps, true>> = {
  host: true,
  vip: true,
  device: true,
  port: true,
  protocol: true,
  scheduler: true,
  realServers: true,
  persistenceTimeoutSeconds: true,
  masquerade: true,
};
const REAL_SERVER_PROPS: Readonly<Record<keyof FullNatRealServer, true>> = {
  address: true,
  port: true,
  weight: true,
};

/**
 * Full NAT: clients of every network reach `vip:port`, and real servers see the host's address as the sender, so they need
 * neither a route nor a setting of their own. Full NAT is not a forward method of the mainline kernel's IPVS: it is its method
 * `nat` (`ipvsadm -m`), and a source translation (MASQUERADE) on the director besides. What real servers then do not see is
 * the client's address.
 *
 * Sets `net.ipv4.ip_forward=1` (IPv6: `net.ipv6.conf.all.forwarding=1`, with which a host no longer takes its routes from router
 * advertisements) and `net.ipv4.vs.conntrack=1`, without which nothing of this works. Answers are accepted in FORWARD, so that a
 * policy of DROP there does no harm; the policy stays as it is. Whether clients may reach the port is for your own rules in INPUT
 * to say.
 *
 * ```ts
 * new FullNatVip(stack, 'web', {
 *   host: gateway, vip: '182.16.100.101/24', device: 'enp0s5', port: 8888, scheduler: 'rr',
 *   realServers: [{ address: '172.16.100.5', port: 80 }, { address: '172.16.100.6', port: 80 }],
 * });
 * ```
 */
export class FullNatVip extends Construct {
  constructor(scope: Construct, id: string, props: FullNatVipProps) {
    super(scope, id);
    refuseAt(this, checkProps(props));
    const { host, device, port, protocol = 'tcp', scheduler = DEFAULT_SCHEDULER } = props;
    const { address: given, length } = splitPrefix(props.vip);
    const address = toCanonicalAddress(given);
    host.laidOut.claimServer({ address, port, protocol }, this);
    const part = { name: `50-full-nat ${toPathName(this.node.path)}`, declaredBy: this };
    host.laidOut.add(part, (conceal) => {
      const vip = { address: conceal(address), length: Number(length) };
      const server = {
        by: 'address',
        family: givenFamily(given),
        protocol,
        address: vip.address,
        port,
      } as const;
      const { persistenceTimeoutSeconds, realServers, masquerade = 'vip' } = props;
      const persistence = persistenceTimeoutSeconds === undefined ? {} : { persistenceTimeoutSeconds };
      return layOutFullNat({
        virtual: {
          server,
          scheduler,
          ...persistence,
          realServers: toRealServers(realServers, port, conceal),
        },
        vip,
        device: conceal(device),
        masquerade,
      });
    });
  }
}

function checkProps(props: FullNatVipProps): readonly Check[] {
  const { vip, device, port, protocol, scheduler, realServers, masquerade } = props;
  const addresses = [splitPrefix(vip).address, ...realServers.map(({ address }) => address)];
  return [
    checkPropNames(props, PROPS),
    checkPrefix('vip', vip),
    ifKnown(device, (given) => checkDevice('device', given)),
    checkPort('port', port),
    protocol && checkWord('protocol', protocol, ['tcp', 'udp', 'sctp']),
    scheduler && checkScheduler(scheduler),
    ...checkRealServers(realServers, REAL_SERVER_PROPS),
    checkAreOfOneFamily(
      'the VIP and its real servers are of two families, between which nat does not translate',
      addresses,
      'give real servers of the family of the VIP, or declare a VIP for each family',
    ),
    checkPersistence(props.persistenceTimeoutSeconds),
    masquerade && checkWord('masquerade', masquerade, ['vip', 'all', 'none']),
  ];
}
