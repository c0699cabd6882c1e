// The construct ClusterIpService: one virtual address and port on each of its hosts that leads to endpoints, as kube-proxy does it.
import { Construct } from 'constructs';
import type { Family } from '../model/iptables';
import type { Protocol, Service, TrafficPolicy } from '../services/service';
import { DEFAULT_SERVICE_SCHEDULER } from '../services/service';
import { givenFamily, toCanonicalAddress } from './address-checks';
import { refuseAt } from './checks';
import type { ClusterIpServiceProps } from './cluster-ip-service-props';
import { checkClusterIpServiceProps, familiesOf } from './cluster-ip-service-props';
import type { Endpoint } from './endpoints';
import { toServiceEndpoints } from './endpoints';
import type { Host } from './host';
import { toList } from './networks';
import { toPathName } from './path-name';
import { fromNetwork } from './pod-detector';

/**
 * A cluster IP: on each of the hosts, connections to `clusterIp:port` go to one of the endpoints, each with an equal share. With a
 * cluster IP of each family it is dual-stack: what comes by IPv4 goes to endpoints of IPv4, and what comes by IPv6 to those of IPv6.
 *
 * In mode `iptables` chains and rules are those of kube-proxy; of one that drops forwarded packets which conntrack calls INVALID,
 * `dropInvalid` of Host tells when it is there.
 *
 * In mode `ipvs` they are kube-proxy's of that mode: the cluster IP is an address of a dummy device, named after the chain prefix
 * (`gw-ipvs0` with `GW-`, kube-proxy's own `kube-ipvs0` with `KUBE-`), and a virtual server by nat; sets such as `GW-CLUSTER-IP` say
 * what is masqueraded, and what else comes for these addresses is rejected. Sets `net.ipv4.vs.conntrack`, `expire_nodest_conn` and
 * `expire_quiescent_template`. Where the two modes differ: docs/services.md.
 *
 * ```ts
 * new ClusterIpService(stack, 'web', {
 *   hosts: [node], clusterIp: ['10.96.0.10', 'fd00:96::10'], port: 80, mode: 'ipvs', scheduler: 'lc',
 *   endpoints: [{ address: '10.5.75.2', port: 3000 }, { address: 'fd00:75::2', port: 3000 }],
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
    refuseAt(this, checkClusterIpServiceProps(props, this.name));
    for (const host of this.hosts) {
      const services = toList(props.clusterIp).map((clusterIp) => this.#serviceOn(host, clusterIp));
      host.services.addService({ services, policy: props.externalTrafficPolicy }, this);
    }
  }

  /** The families in which it has a cluster IP; for the constructs of this package. */
  get families(): readonly Family[] {
    return familiesOf(this.#props);
  }

  /** Where connections go; for the constructs of this package. */
  get endpoints(): readonly Endpoint[] {
    return this.#props.endpoints;
  }

  /** Of what comes from outside, where the service itself says it; for the constructs of this package. */
  get externalTrafficPolicy(): TrafficPolicy | undefined {
    return this.#props.externalTrafficPolicy;
  }

  /** What connections speak; for the constructs of this package. */
  get protocol(): Protocol {
    return this.#props.protocol ?? DEFAULT_PROTOCOL;
  }

  #serviceOn(host: Host, clusterIp: string): Service {
    const {
      port,
      endpoints,
      sessionAffinity,
      internalTrafficPolicy = 'Cluster',
      externalIps = [],
      masqueradeAll = false,
      clusterCidr,
      scheduler = DEFAULT_SERVICE_SCHEDULER,
    } = this.#props;
    const family = givenFamily(clusterIp);
    const pods = fromNetwork(clusterCidr, family) ?? host.podsOf(family);
    return {
      name: this.name,
      protocol: this.protocol,
      family,
      clusterIp: toCanonicalAddress(clusterIp),
      port,
      endpoints: toServiceEndpoints(endpoints, family, host),
      internalTrafficPolicy,
      externalTrafficPolicy: 'Cluster',
      ...(sessionAffinity === undefined
        ? {}
        : { affinityTimeoutSeconds: sessionAffinity.timeoutSeconds ?? DEFAULT_AFFINITY_SECONDS }),
      externalIps: externalIps.filter((each) => givenFamily(each) === family).map(toCanonicalAddress),
      masqueradeAll,
      ...(pods === undefined ? {} : { pods }),
      ...(this.mode === 'ipvs' ? { ipvs: { scheduler } } : {}),
    };
  }
}

const DEFAULT_PROTOCOL: Protocol = 'tcp';

/** kube-proxy's. */
const DEFAULT_AFFINITY_SECONDS = 10_800;
