// The construct NodePortService: a port of a service's hosts that leads to the service.
import { Construct } from 'constructs';
import type { Family } from '../model/iptables';
import { ipvsNodePortAddresses } from '../services/ipvs-mode/service';
import { nodePortAddressesOf } from '../services/node-port-addresses';
import type { ServiceLayout } from '../services/service';
import { checkNetwork, givenFamily } from './address-checks';
import type { Check } from './checks';
import { checkKnown, checkPort, checkPropNames, refuseAt, unlessWrong } from './checks';
import type { ClusterIpService } from './cluster-ip-service';
import { isUnknown } from './framework';
import type { Host } from './host';
import { toCanonicalNetwork } from './networks';
import { checkAddressesKnown } from './node-addresses';
import { checkBoolean, checkWithProps, checkTexts, ifGiven } from './shapes';
import type { TrafficPolicy } from './traffic-policies';
import { checkLocality, checkPolicy } from './traffic-policies';

/** A service and the port by which it is reached from outside. */
export interface NodePortServiceProps {
  /** The service; the node port opens on all its hosts. */
  readonly service: ClusterIpService;
  /** The port. */
  readonly nodePort: number;
  /**
   * To which endpoints connections from outside go: with `Local` to those on the host that they came to, with their source address
   * kept, and dropped where it has none. It is the same for the node port, the load balancer and the external IPs of a service.
   * @default - what the service or its LoadBalancerService says, else Cluster: to all, masqueraded
   */
  readonly externalTrafficPolicy?: TrafficPolicy;
  /**
   * Networks: node ports open at those of each host's nodeAddresses, and with localhostNodePorts those of loopback, that are in
   * one of them. All node ports of a host open at the same addresses.
   * @default - at every address of the host but those of loopback; in mode ipvs at its nodeAddresses
   */
  readonly nodePortAddresses?: readonly string[];
  /**
   * Take connections from the host itself to 127.0.0.1 too. Sets `net.ipv4.conf.all.route_localnet`, and drops what neighbours send
   * to 127.0.0.0/8 then. Mode iptables and IPv4 only; the same for all node ports of a host.
   * @default false
   */
  readonly localhostNodePorts?: boolean;
}

const PROPS: Readonly<Record<keyof NodePortServiceProps, true>> = {
  service: true,
  nodePort: true,
  externalTrafficPolicy: true,
  nodePortAddresses: true,
  localhostNodePorts: true,
};

/**
 * A node port: connections to this port of the service's hosts go to one of its endpoints, on whichever host it is. They are
 * masqueraded, so that answers come back the same way, unless externalTrafficPolicy is Local. With a service in mode ipvs it opens
 * at the nodeAddresses of each host, which the hosts then must have.
 */
export class NodePortService extends Construct {
  constructor(scope: Construct, id: string, props: NodePortServiceProps) {
    super(scope, id);
    refuseAt(this, checkProps(props));
    const { service, nodePort: port, externalTrafficPolicy: policy } = props;
    for (const host of service.hosts) {
      const opened = toOpened(props);
      host.services.addNodePort({ service: service.name, port, policy, opened }, this);
    }
  }
}

function toOpened({
  nodePortAddresses = [],
  localhostNodePorts = false,
}: NodePortServiceProps): Pick<ServiceLayout, 'nodePortAddresses' | 'localhostNodePorts'> {
  return { nodePortAddresses: nodePortAddresses.map(toCanonicalNetwork).toSorted(), localhostNodePorts };
}

function checkProps(props: NodePortServiceProps): readonly Check[] {
  const shapes = [
    checkWithProps('service', props.service),
    ifGiven(checkTexts)('nodePortAddresses', props.nodePortAddresses),
    ifGiven(checkBoolean)('localhostNodePorts', props.localhostNodePorts),
  ];
  return unlessWrong(shapes, () =>
    unlessWrong(checkEach(props), () =>
      props.service.families.flatMap((family) => checkAddresses(props, family)),
    ),
  );
}

/** Each prop by itself. */
function checkEach(props: NodePortServiceProps): readonly Check[] {
  const { service, nodePortAddresses = [], externalTrafficPolicy: policy } = props;
  return [
    checkPropNames(props, PROPS),
    checkPort('nodePort', props.nodePort),
    checkPolicy('externalTrafficPolicy', policy),
    policy === 'Local' ? checkLocality(service) : undefined,
    ...nodePortAddresses.map((each, index) => {
      const prop = `nodePortAddresses[${index}]`;
      return checkKnown(prop, each) ?? checkNetwork(prop, each);
    }),
    checkLocalhost(props),
  ];
}

/** Where the port opens, on each host. */
function checkAddresses(props: NodePortServiceProps, family: Family): readonly Check[] {
  const { hosts } = props.service;
  return [
    checkSaysFamily(props, family),
    ...hosts.map((host) => checkAddressesAreKnown(host, props, family)),
    ...hosts.map((host) => checkOpens(host, props, family)),
  ];
}

/** IPVS has no virtual server at loopback. */
function checkLocalhost({ service, localhostNodePorts = false }: NodePortServiceProps): Check {
  if (!localhostNodePorts) return undefined;
  const isPossible = service.mode === 'iptables' && service.families.includes('ipv4');
  if (isPossible) return undefined;
  return {
    code: 'no-localhost-node-ports',
    what: 'node ports open at 127.0.0.1 only in mode iptables and IPv4',
    given: `localhostNodePorts, with ${service.node.path} in mode ${service.mode}, ${service.families.join(' and ')}`,
    allowed: 'localhostNodePorts with mode iptables and a cluster IP of IPv4',
    fix: 'leave localhostNodePorts out',
  };
}

/** kube-proxy opens a family that no network is given of at all its addresses: not what who restricts the other one wants. */
function checkSaysFamily({ nodePortAddresses = [] }: NodePortServiceProps, family: Family): Check {
  if (nodePortAddresses.length === 0 || nodePortAddresses.some((each) => givenFamily(each) === family))
    return undefined;
  const all = family === 'ipv4' ? '0.0.0.0/0' : '::/0';
  return {
    code: 'one-family-only',
    what: `nodePortAddresses restrict one family only, and the service has ${family} too`,
    given: nodePortAddresses.join(', '),
    allowed: 'networks of each family of the service',
    fix: `add ${all} if node ports are to open at all addresses of ${family}`,
  };
}

function checkAddressesAreKnown(
  host: Host,
  { nodePortAddresses = [] }: NodePortServiceProps,
  family: Family,
): Check {
  if (nodePortAddresses.length === 0) return undefined;
  return checkAddressesKnown(
    host,
    [family],
    'which of them are in nodePortAddresses decides where node ports open',
  );
}

function checkOpens(host: Host, props: NodePortServiceProps, family: Family): Check {
  const layout = { ...host.services.layout, ...toOpened(props) };
  if (props.service.mode === 'ipvs') {
    if (ipvsNodePortAddresses({ family }, layout).length > 0) return undefined;
    return layout.nodeAddresses.some((each) => isUnknown(each) || givenFamily(each) === family)
      ? opensNowhere(host, props, family)
      : noNodeAddresses(host, family);
  }
  const opened = nodePortAddressesOf(layout, family);
  return opened.kind === 'all' || opened.addresses.length > 0 ? undefined : opensNowhere(host, props, family);
}

/** IPVS has no virtual server without an address. */
function noNodeAddresses(host: Host, family: Family): Check {
  return {
    code: 'no-node-addresses',
    what: `in mode ipvs a node port opens at addresses of the host, and it does not say which it has of ${family}`,
    given: host.node.path,
    allowed: 'hosts with nodeAddresses',
    fix: `give ${host.node.path} its nodeAddresses`,
  };
}

function opensNowhere(host: Host, { nodePortAddresses = [] }: NodePortServiceProps, family: Family): Check {
  const { nodeAddresses } = host.services.layout;
  const given = nodeAddresses.map((each) => (isUnknown(each) ? 'a token' : each));
  return {
    code: 'opens-nowhere',
    what: `none of the addresses of ${family} of ${host.node.path} is in nodePortAddresses`,
    given: `${nodePortAddresses.join(', ')}, and nodeAddresses ${given.length === 0 ? 'not given' : given.join(', ')}`,
    allowed: 'networks that hold an address of each host; those of loopback with localhostNodePorts',
    fix: `correct nodePortAddresses, or give ${host.node.path} its nodeAddresses`,
  };
}
