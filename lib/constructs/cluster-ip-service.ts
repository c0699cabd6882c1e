// The construct ClusterIpService: one virtual address and port on each of its hosts that leads to endpoints, as kube-proxy does it.
import { Construct } from 'constructs';
import type { Protocol, Service, ServiceEndpoint } from '../services/service';
import { DEFAULT_SERVICE_SCHEDULER } from '../services/service';
import { refuseAt } from './checks';
import type { ClusterIpServiceProps, Endpoint } from './cluster-ip-service-props';
import { checkClusterIpServiceProps, toClusterIp } from './cluster-ip-service-props';
import { isUnknown } from './framework';
import type { Host } from './host';
import { toPathName } from './path-name';

/**
 * A cluster IP: on each of the hosts, connections to `clusterIp:port` go to one of the endpoints, each with an equal share.
 *
 * In mode `iptables` chains and rules are those of kube-proxy, but for one: kube-proxy drops every forwarded packet that
 * conntrack calls INVALID (`-m conntrack --ctstate INVALID -j DROP` in KUBE-FORWARD), unless `nf_conntrack_tcp_be_liberal` is set.
 * Here it is left out, since it would also drop what the host forwards for others. If connections are reset under packet loss,
 * declare `sysctl net.netfilter.nf_conntrack_tcp_be_liberal=1`. Why: docs/decisions/0006-no-invalid-drop.md.
 *
 * In mode `ipvs` they are kube-proxy's of that mode: the cluster IP is an address of a dummy device, named after the chain prefix
 * (`gw-ipvs0` with `GW-`, kube-proxy's own `kube-ipvs0` with `KUBE-`), and a virtual server by nat; sets such as `GW-CLUSTER-IP` say
 * what is masqueraded, and what else comes for these addresses is rejected. Sets `net.ipv4.vs.conntrack`, `expire_nodest_conn` and
 * `expire_quiescent_template`.
 *
 * ```ts
 * new ClusterIpService(stack, 'web', {
 *   hosts: [node], clusterIp: '10.96.0.10', port: 80, mode: 'ipvs', scheduler: 'lc',
 *   endpoints: [{ address: '10.5.75.2', port: 3000 }, { address: '10.5.88.2', port: 3000 }],
 * });
 * ```
 */
export class ClusterIpService extends Construct {
  /** `namespace/service:port`. */
  readonly name: string;
  /** Where the service is laid out. */
  readonly hosts: readonly Host[];
  /** How it is laid out. */
  readonly mode: 'iptables' | 'ipvs';
  readonly #props: ClusterIpServiceProps;

  constructor(scope: Construct, id: string, props: ClusterIpServiceProps) {
    super(scope, id);
    this.name = props.name ?? toPathName(this.node.path);
    this.hosts = props.hosts;
    this.mode = props.mode ?? 'iptables';
    this.#props = props;
    refuseAt(this.node.path, checkClusterIpServiceProps(props, this.name));
    for (const host of this.hosts) host.services.addService(this.serviceOn(host), this);
  }

  /** What the service is on one of its hosts; for the constructs of this package. */
  serviceOn(host: Host): Service {
    const {
      clusterIp,
      port,
      protocol = DEFAULT_PROTOCOL,
      endpoints,
      masqueradeAll,
      clusterCidr,
      scheduler = DEFAULT_SERVICE_SCHEDULER,
    } = this.#props;
    const masquerade = clusterCidr === undefined ? host.services.internalMasquerade : fromCidr(clusterCidr);
    return {
      name: this.name,
      protocol,
      clusterIp: toClusterIp(clusterIp),
      port,
      endpoints: toServiceEndpoints(endpoints),
      internalMasquerade: masqueradeAll === true ? { kind: 'all' } : masquerade,
      ...(this.mode === 'ipvs' ? { ipvs: { scheduler } } : {}),
    };
  }
}

const DEFAULT_PROTOCOL: Protocol = 'tcp';

function fromCidr(cidr: string) {
  return { kind: 'unless-from-cidr', cidr } as const;
}

function toServiceEndpoints(endpoints: readonly Endpoint[]): readonly ServiceEndpoint[] {
  const ready = endpoints.filter((endpoint) => endpoint.ready !== false);
  const unknown = endpoints.filter(({ address }) => isUnknown(address));
  return ready.map((endpoint) => ({
    address: endpoint.address,
    port: endpoint.port,
    ...(isUnknown(endpoint.address) ? { unknownIndex: unknown.indexOf(endpoint) } : {}),
  }));
}
