// The construct LoadBalancerService: addresses of a load balancer that the hosts of a service answer for themselves.
import { Construct } from 'constructs';
import { checkAddress, checkAreOnce, checkNetwork, givenFamily, toCanonicalAddress } from './address-checks';
import type { Check } from './checks';
import { checkPort, checkPropNames, ifKnown, refuseAt, unlessWrong } from './checks';
import type { ClusterIpService } from './cluster-ip-service';
import { checkHasFamily } from './cluster-ip-service-props';
import { isUnknown } from './framework';
import type { Host } from './host';
import { toCanonicalNetwork } from './networks';
import { checkAddressesKnown } from './node-addresses';
import { checkWithProps, checkTexts, ifGiven } from './shapes';
import type { TrafficPolicy } from './traffic-policies';
import { checkLocality, checkPolicy } from './traffic-policies';

/** A service and the addresses by which a load balancer leads to it. */
export interface LoadBalancerServiceProps {
  /** The service; its hosts answer at the addresses, at the service's port. */
  readonly service: ClusterIpService;
  /** The load balancer's addresses, of the families of the service; tokens may stand for single ones of IPv4. */
  readonly addresses: readonly string[];
  /**
   * The networks that may reach the addresses; others are dropped. A host whose nodeAddresses are in them may, too. The cluster IP
   * and the node port stay open to all.
   * @default - everybody may
   */
  readonly sourceRanges?: readonly string[];
  /**
   * To which endpoints connections from outside go: with `Local` to those on the host that they came to, with their source address
   * kept, and dropped where it has none. It is the same for the node port, the load balancer and the external IPs of a service.
   * @default - what the service or its NodePortService says, else Cluster: to all, masqueraded
   */
  readonly externalTrafficPolicy?: TrafficPolicy;
  /**
   * With externalTrafficPolicy Local: the TCP port at which the load balancer asks a host whether it has endpoints of its own. INPUT
   * accepts it, whatever else it refuses. Nothing answers there but a server of yours.
   * @default - none
   */
  readonly healthCheckNodePort?: number;
}

const PROPS: Readonly<Record<keyof LoadBalancerServiceProps, true>> = {
  service: true,
  addresses: true,
  sourceRanges: true,
  externalTrafficPolicy: true,
  healthCheckNodePort: true,
};

/**
 * A load balancer before the hosts, as kube-proxy knows it: what comes for one of its addresses and the service's port, and what a
 * host or a pod itself sends there, goes straight to an endpoint, masqueraded unless externalTrafficPolicy is Local. The load
 * balancer itself is not made here: it sends to the hosts, at this address or at the node port of a NodePortService. In mode
 * iptables no device gets the addresses; in mode ipvs the dummy device of the hosts does.
 *
 * ```ts
 * new LoadBalancerService(stack, 'api-lb', { service: api, addresses: ['10.42.162.216'], sourceRanges: ['10.42.0.0/16'] });
 * ```
 */
export class LoadBalancerService extends Construct {
  constructor(scope: Construct, id: string, props: LoadBalancerServiceProps) {
    super(scope, id);
    refuseAt(this, checkProps(props));
    const {
      service,
      addresses,
      sourceRanges = [],
      externalTrafficPolicy: policy,
      healthCheckNodePort,
    } = props;
    const balancer = {
      addresses: addresses.map(toCanonicalAddress),
      sourceRanges: sourceRanges.map(toCanonicalNetwork),
      ...(healthCheckNodePort === undefined ? {} : { healthCheckNodePort }),
    };
    for (const host of service.hosts)
      host.services.addLoadBalancer({ service: service.name, policy, balancer }, this);
  }
}

function checkProps(props: LoadBalancerServiceProps): readonly Check[] {
  const shapes = [
    checkWithProps('service', props.service),
    checkTexts('addresses', props.addresses),
    ifGiven(checkTexts)('sourceRanges', props.sourceRanges),
  ];
  return unlessWrong(shapes, () => checkEach(props));
}

function checkEach(props: LoadBalancerServiceProps): readonly Check[] {
  const { service, sourceRanges = [], externalTrafficPolicy: policy } = props;
  return [
    checkPropNames(props, PROPS),
    ...checkAddresses(props),
    ...checkRanges(props),
    ...(sourceRanges.length === 0 ? [] : service.hosts.map((host) => checkHostIsTold(host, props))),
    checkPolicy('externalTrafficPolicy', policy),
    policy === 'Local' ? checkLocality(service) : undefined,
    checkHealthCheck(props),
  ];
}

function checkAddresses({ service, addresses }: LoadBalancerServiceProps): readonly Check[] {
  return [
    addresses.length > 0
      ? undefined
      : { code: 'no-addresses', what: 'addresses is empty', given: '[]', allowed: 'at least one address' },
    ...addresses.map((each, index) => {
      const prop = `addresses[${index}]`;
      const wrong = ifKnown(each, (address) => checkAddress(prop, address));
      return wrong ?? checkHasFamily(prop, each, service.families);
    }),
    checkAreOnce('addresses', addresses),
  ];
}

/** Ranges of another family would restrict nothing, and an address whose family has no range would stay open to all. */
function checkRanges({ addresses, sourceRanges = [] }: LoadBalancerServiceProps): readonly Check[] {
  const wrong = sourceRanges.map((each, index) =>
    ifKnown(each, (range) => checkNetwork(`sourceRanges[${index}]`, range)),
  );
  if (sourceRanges.length === 0 || wrong.some((check) => check !== undefined)) return wrong;
  const [ofAddresses, ofRanges] = [addresses, sourceRanges].map((each) => new Set(each.map(givenFamily)));
  const strayRange = sourceRanges.find((range) => ofAddresses?.has(givenFamily(range)) !== true);
  const openAddress = addresses.find((address) => ofRanges?.has(givenFamily(address)) !== true);
  return [
    strayRange === undefined
      ? undefined
      : {
          code: 'range-of-no-address',
          what: 'a source range is of a family of which addresses has none, and would restrict nothing',
          given: `${printGiven(strayRange)}, with addresses ${addresses.map(printGiven).join(', ')}`,
          allowed: 'source ranges of the families of addresses',
          fix: 'correct the range, or leave it out',
        },
    openAddress === undefined
      ? undefined
      : {
          code: 'address-without-range',
          what: 'an address is of a family of which sourceRanges has none, and would be open to everybody',
          given: `${printGiven(openAddress)}, with sourceRanges ${sourceRanges.map(printGiven).join(', ')}`,
          allowed: 'source ranges of each family of addresses',
          fix: `add ranges of that family; ${openAddress.includes(':') ? '::/0' : '0.0.0.0/0'} if everybody may reach it`,
        },
  ];
}

/** Whether a host itself may come in hangs on its addresses and on the ranges. */
function checkHostIsTold(host: Host, { service, sourceRanges = [] }: LoadBalancerServiceProps): Check {
  const why = 'whether the host may reach the addresses itself hangs on that';
  const wrong = checkAddressesKnown(host, service.families, why);
  if (wrong !== undefined || !sourceRanges.some(isUnknown)) return wrong;
  if (host.services.layout.nodeAddresses.length === 0) return undefined;
  return {
    code: 'unknown-value',
    what: `sourceRanges hold a value that is only known at apply, and ${why}`,
    given: `a token, and nodeAddresses of ${host.node.path}`,
    allowed: 'source ranges that are known at synthesis, or hosts without nodeAddresses',
    fix: 'write the ranges, or read them from a file or the environment in the app',
  };
}

function printGiven(value: string): string {
  return isUnknown(value) ? 'a token' : value;
}

/** kube-proxy has one only for hosts that may have no endpoint for what they are sent. */
function checkHealthCheck(props: LoadBalancerServiceProps): Check {
  const { service, healthCheckNodePort: port, externalTrafficPolicy = service.externalTrafficPolicy } = props;
  if (port === undefined) return undefined;
  const wrong = checkPort('healthCheckNodePort', port);
  if (wrong !== undefined || externalTrafficPolicy === 'Local') return wrong;
  return {
    code: 'health-check-without-local',
    what: 'with externalTrafficPolicy Cluster every host answers, and there is nothing to ask',
    given: `healthCheckNodePort ${port}, externalTrafficPolicy ${externalTrafficPolicy ?? 'not given'}`,
    allowed: "healthCheckNodePort with externalTrafficPolicy: 'Local'",
    fix: "leave it out, or give externalTrafficPolicy: 'Local'",
  };
}
