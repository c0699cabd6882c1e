// The props of ClusterIpService: what they mean and what may stand in them.
import type { Scheduler } from '../model/ipvs';
import type { Family } from '../model/iptables';
import { KUBE_PROXY_PREFIX } from '../model/scope';
import { checkAddress, checkAreOnce, givenFamily } from './address-checks';
import { checkHosts } from './checked-hosts';
import type { Check, Pattern } from './checks';
import {
  checkBetween,
  checkKnown,
  checkPattern,
  checkPort,
  checkPropNames,
  checkWord,
  ifKnown,
  unlessWrong,
} from './checks';
import type { Endpoint } from './endpoints';
import { checkEndpointShapes, checkEndpoints } from './endpoints';
import { isUnknown } from './framework';
import type { Host } from './host';
import { checkNetworks, checkOneOfEach, toList } from './networks';
import { checkScheduler } from './real-servers';
import type { CheckShape } from './shapes';
import {
  checkBoolean,
  checkWithProps,
  checkListWithProps,
  checkText,
  checkTextOrTexts,
  checkTexts,
  ifGiven,
} from './shapes';
import type { TrafficPolicy } from './traffic-policies';
import { checkLocality, checkPolicy } from './traffic-policies';

/** A cluster IP with its port, its endpoints, and the hosts on which it is laid out. */
export interface ClusterIpServiceProps {
  /** Where the service can be reached: each of them gets its chains and rules. */
  readonly hosts: readonly Host[];
  /**
   * The virtual address; in a list one of each family, which makes the service dual-stack. No device needs to have it, but hosts
   * and pods need a route for it, such as a default route.
   */
  readonly clusterIp: string | readonly string[];
  /** The port at the cluster IP. */
  readonly port: number;
  /**
   * The protocol.
   * @default tcp
   */
  readonly protocol?: Protocol;
  /**
   * Where connections go, each with an equal share: those of IPv4 for the cluster IP of IPv4, those of IPv6 for that of IPv6. While
   * none is usable, connections are refused (REJECT).
   */
  readonly endpoints: readonly Endpoint[];
  /**
   * `namespace/service:port`, or without `:port`. Names of chains are made from it as kube-proxy makes them, so another name
   * is another service. Two services of one host have two names, also where one is of TCP and one of UDP.
   * @default - from the construct's path: the stack, a slash, and the ids below it joined by dots
   */
  readonly name?: string;
  /**
   * How the service is laid out: by chains of iptables, or by virtual servers of IPVS, which stay fast with thousands of services.
   * All services of a host are in one mode.
   * @default iptables
   */
  readonly mode?: 'iptables' | 'ipvs';
  /**
   * How connections are shared among endpoints in mode ipvs, as the kernel names it: `ipvsadm -s`. With mode iptables it is
   * refused: there the endpoint is chosen at random.
   * @default rr, as with kube-proxy: each endpoint in its turn
   */
  readonly scheduler?: Scheduler;
  /**
   * Keep each client, by its address, at the endpoint that it got first: with mode iptables by the lists of the match `recent`,
   * with mode ipvs by persistence.
   * @default - no affinity: each connection is placed anew
   */
  readonly sessionAffinity?: SessionAffinity;
  /**
   * To which endpoints connections to the cluster IP go: to all, or with `Local` to those on the host that they pass, which drops
   * them where it has none. In mode ipvs the others are used then, if the service can be reached from outside.
   * @default Cluster
   */
  readonly internalTrafficPolicy?: TrafficPolicy;
  /**
   * Addresses that the network leads to the hosts, and at which they serve too, at the service's port. No device needs to have
   * them; in mode ipvs the dummy device gets those that are not in the host's nodeAddresses.
   * @default - none
   */
  readonly externalIps?: readonly string[];
  /**
   * To which endpoints connections from outside go: those to externalIps, node port and load balancer alike. With `Local` they
   * keep their source address, and are dropped where the host has no endpoint; pods and the host itself still reach all endpoints.
   * @default - what the NodePortService or LoadBalancerService of the service says, else Cluster
   */
  readonly externalTrafficPolicy?: TrafficPolicy;
  /**
   * Masquerade all connections to the cluster IP, those of pods too.
   * @default false
   */
  readonly masqueradeAll?: boolean;
  /**
   * The network of all pods, or one of each family: connections to the cluster IP from elsewhere are masqueraded.
   * @default - what each host says about its pods
   */
  readonly clusterCidr?: string | readonly string[];
}

/** How long a client is kept. */
export interface SessionAffinity {
  /**
   * Seconds for which a client that begins no new connection keeps its endpoint, 1 to 86400.
   * @default 10800, three hours, as with kube-proxy
   */
  readonly timeoutSeconds?: number;
}

/** What a service can speak. */
export type Protocol = 'tcp' | 'udp' | 'sctp';

const PROPS: Readonly<Record<keyof ClusterIpServiceProps, true>> = {
  hosts: true,
  clusterIp: true,
  port: true,
  protocol: true,
  endpoints: true,
  name: true,
  mode: true,
  scheduler: true,
  sessionAffinity: true,
  internalTrafficPolicy: true,
  externalIps: true,
  externalTrafficPolicy: true,
  masqueradeAll: true,
  clusterCidr: true,
};
const AFFINITY_PROPS: Readonly<Record<keyof SessionAffinity, true>> = { timeoutSeconds: true };

/** The longest comment of a rule adds 45 characters to the name, and has at most 255. */
const NAME: Pattern = {
  pattern:
    /^(?=.{1,200}$)[A-Za-z0-9][A-Za-z0-9._-]*\/[A-Za-z0-9][A-Za-z0-9._-]*(:[A-Za-z0-9][A-Za-z0-9._-]*)?$/,
  allowed:
    'namespace/service:port or namespace/service, of letters, digits, ., _ and -, at most 200 characters',
};
const PROTOCOL: Pattern = { pattern: /^(tcp|udp|sctp)$/, allowed: 'tcp, udp, sctp' };

/** All that is wrong with the props; `name` is the given one or the one made from the path. */
export function checkClusterIpServiceProps(props: ClusterIpServiceProps, name: string): readonly Check[] {
  return unlessWrong(checkShapes(props), () => checkEach(props, name));
}

function checkEach(props: ClusterIpServiceProps, name: string): readonly Check[] {
  const families = familiesOf(props);
  const { protocol, clusterCidr, externalIps, endpoints, hosts } = props;
  return [
    checkPropNames(props, PROPS),
    checkMode(props),
    ...checkHosts(hosts),
    ...checkClusterIp(props.clusterIp),
    checkPort('port', props.port),
    protocol === undefined
      ? undefined
      : (checkKnown('protocol', protocol) ?? checkPattern('protocol', protocol, PROTOCOL)),
    checkKnown('name', name) ?? checkPattern('name', name, NAME),
    ...(clusterCidr === undefined ? [] : checkClusterCidr(clusterCidr, families)),
    ...checkAffinity(props.sessionAffinity),
    ...checkPolicies(props),
    ...(externalIps === undefined ? [] : checkExternalIps(externalIps, families)),
    ...checkEndpoints(endpoints, families),
    ...(families.includes('ipv6') ? checkPodsAreTold(props) : []),
    ...hosts.map((host) => checkPrefixAllows(host, endpoints)),
  ];
}

/** Of a wrong shape nothing else can be said. */
function checkShapes(props: ClusterIpServiceProps): readonly Check[] {
  return [
    ...SHAPES.map(([name, check]) => check(name, props[name])),
    ...checkEndpointShapes(props.endpoints),
  ];
}

const SHAPES: readonly (readonly [name: keyof ClusterIpServiceProps, check: CheckShape])[] = [
  ['hosts', checkListWithProps],
  ['name', ifGiven(checkText)],
  ['clusterIp', checkTextOrTexts],
  ['clusterCidr', ifGiven(checkTextOrTexts)],
  ['externalIps', ifGiven(checkTexts)],
  ['masqueradeAll', ifGiven(checkBoolean)],
  ['sessionAffinity', ifGiven(checkWithProps)],
];

/** Networks of none of the service's families would tell nothing; one of the other family beside may be the app's own habit. */
function checkClusterCidr(given: string | readonly string[], families: readonly Family[]): readonly Check[] {
  return unlessWrong(checkNetworks('clusterCidr', given), () => {
    const checks = toList(given).map((cidr) => checkHasFamily('clusterCidr', cidr, families));
    return checks.includes(undefined) ? [] : checks;
  });
}

/** The families of the cluster IPs; a token is taken for IPv4. */
export function familiesOf({ clusterIp }: Pick<ClusterIpServiceProps, 'clusterIp'>): readonly Family[] {
  return toList(clusterIp).map(givenFamily);
}

function checkClusterIp(given: ClusterIpServiceProps['clusterIp']): readonly Check[] {
  const addresses = toList(given);
  if (addresses.length === 0) return [checkAddress('clusterIp', '')];
  const wrong = addresses.map((each) => ifKnown(each, (address) => checkAddress('clusterIp', address)));
  return unlessWrong(wrong, () => [checkOneOfEach('clusterIp', addresses)]);
}

function checkAffinity(affinity: SessionAffinity | undefined): readonly Check[] {
  if (affinity === undefined) return [];
  const { timeoutSeconds } = affinity;
  return [
    checkPropNames(affinity, AFFINITY_PROPS),
    timeoutSeconds === undefined
      ? undefined
      : checkBetween('sessionAffinity.timeoutSeconds', timeoutSeconds, [1, 86_400]),
  ];
}

function checkPolicies(props: ClusterIpServiceProps): readonly Check[] {
  const { internalTrafficPolicy, externalTrafficPolicy } = props;
  if (internalTrafficPolicy === undefined && externalTrafficPolicy === undefined) return [];
  return [
    checkPolicy('internalTrafficPolicy', internalTrafficPolicy),
    checkPolicy('externalTrafficPolicy', externalTrafficPolicy),
    [internalTrafficPolicy, externalTrafficPolicy].includes('Local') ? checkLocality(props) : undefined,
  ];
}

function checkExternalIps(externalIps: readonly string[], families: readonly Family[]): readonly Check[] {
  return [
    ...externalIps.map((each, index) => {
      const prop = `externalIps[${index}]`;
      return ifKnown(each, (address) => checkAddress(prop, address)) ?? checkHasFamily(prop, each, families);
    }),
    checkAreOnce('externalIps', externalIps),
  ];
}

/** A token for a network is taken for IPv4, and would leave a service of IPv6 with nothing to tell its pods by. */
function checkPodsAreTold({ hosts, clusterCidr }: ClusterIpServiceProps): readonly Check[] {
  return clusterCidr === undefined ? hosts.map((host) => host.checkPodsOfIpv6()) : [];
}

/** An address at which a service is reached must be of a family in which it has endpoints. */
export function checkHasFamily(prop: string, address: string, families: readonly Family[]): Check {
  if (families.includes(givenFamily(address))) return undefined;
  return {
    code: 'wrong-family',
    what: `${prop} is of a family of which the service has no cluster IP`,
    given: isUnknown(address) ? 'a token, taken for IPv4' : address,
    allowed: 'addresses of the families of clusterIp',
    fix: 'give clusterIp an address of that family too, or leave this one out',
  };
}

function checkMode({ mode = 'iptables', scheduler }: ClusterIpServiceProps): Check {
  const wrong = checkWord('mode', mode, ['iptables', 'ipvs']);
  if (wrong !== undefined || scheduler === undefined) return wrong;
  if (mode === 'ipvs') return checkScheduler(scheduler);
  return {
    code: 'scheduler-without-ipvs',
    what: 'scheduler is of mode ipvs; in mode iptables the endpoint is chosen at random',
    given: scheduler,
    allowed: "scheduler with mode: 'ipvs'",
    fix: "leave scheduler out, or give mode: 'ipvs'",
  };
}

/** With kube-proxy's own prefix the names must be kube-proxy's own too, and those are made from addresses. */
function checkPrefixAllows(host: Host, endpoints: readonly Endpoint[]): Check {
  const isKubeProxys = host.services.layout.chainPrefix === KUBE_PROXY_PREFIX;
  if (!isKubeProxys || !endpoints.some(({ address }) => isUnknown(address))) return undefined;
  return {
    code: 'unknown-endpoint',
    what: 'an endpoint that is only known at apply cannot have the chain name that kube-proxy would give it',
    given: `a token, and chainPrefix KUBE- of ${host.node.path}`,
    allowed: 'known addresses with chainPrefix KUBE-',
    fix: 'use another chainPrefix, or write the addresses',
  };
}
