// The construct LoadBalancerService: addresses of a load balancer that the hosts of a service answer for themselves.
import { Construct } from 'constructs';
import type { Check } from './checks';
import { checkCidr, checkIpv4, checkKnown, checkPropNames, ifKnown, refuseAt } from './checks';
import type { ClusterIpService } from './cluster-ip-service';
import { isUnknown } from './framework';

/** A service and the addresses by which a load balancer leads to it. */
export interface LoadBalancerServiceProps {
  /** The service; its hosts answer at the addresses, at the service's port. */
  readonly service: ClusterIpService;
  /** The load balancer's IPv4 addresses; tokens may stand for single ones. */
  readonly addresses: readonly string[];
  /**
   * The networks that may reach the addresses; others are dropped. A host whose nodeAddresses are in them may, too. The cluster IP
   * and the node port stay open to all.
   * @default - everybody may
   */
  readonly sourceRanges?: readonly string[];
}

const PROPS: Readonly<Record<keyof LoadBalancerServiceProps, true>> = {
  service: true,
  addresses: true,
  sourceRanges: true,
};

/**
 * A load balancer before the hosts, as kube-proxy knows it: what comes for one of its addresses and the service's port, and what a
 * host or a pod itself sends there, goes straight to an endpoint, and is masqueraded. The load balancer itself is not made here: it
 * sends to the hosts, at this address or at the node port of a NodePortService. In mode iptables no device gets the addresses; in
 * mode ipvs the dummy device of the hosts does.
 *
 * ```ts
 * new LoadBalancerService(stack, 'api-lb', { service: api, addresses: ['10.42.162.216'], sourceRanges: ['10.42.0.0/16'] });
 * ```
 */
export class LoadBalancerService extends Construct {
  constructor(scope: Construct, id: string, props: LoadBalancerServiceProps) {
    super(scope, id);
    refuseAt(this.node.path, checkProps(props));
    const { service, addresses, sourceRanges = [] } = props;
    for (const host of service.hosts) {
      const balancer = { service: service.serviceOn(host), addresses, sourceRanges };
      host.services.addLoadBalancer(balancer, this);
    }
  }
}

function checkProps(props: LoadBalancerServiceProps): readonly Check[] {
  const { addresses, sourceRanges = [] } = props;
  return [
    checkPropNames(props, PROPS),
    checkKnown('addresses', addresses),
    ...(isUnknown(addresses) ? [] : checkAddresses(addresses)),
    checkKnown('sourceRanges', sourceRanges),
    ...(isUnknown(sourceRanges) ? [] : checkRanges(sourceRanges)),
  ];
}

function checkAddresses(addresses: readonly string[]): readonly Check[] {
  const twice = addresses.find((address, index) => addresses.indexOf(address) !== index);
  return [
    addresses.length > 0
      ? undefined
      : { code: 'no-addresses', what: 'addresses is empty', given: '[]', allowed: 'at least one address' },
    ...addresses.map((each, index) => ifKnown(each, (address) => checkIpv4(`addresses[${index}]`, address))),
    twice === undefined
      ? undefined
      : {
          code: 'address-twice',
          what: 'an address stands twice in addresses',
          given: isUnknown(twice) ? 'a token' : twice,
          allowed: 'each address once',
        },
  ];
}

function checkRanges(ranges: readonly string[]): readonly Check[] {
  return ranges.map((each, index) => ifKnown(each, (range) => checkCidr(`sourceRanges[${index}]`, range)));
}
