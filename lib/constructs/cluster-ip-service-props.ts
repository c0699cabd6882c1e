// The props of ClusterIpService: what they mean and what may stand in them.
import type { Scheduler } from '../model/ipvs';
import { checkHosts } from './checked-hosts';
import type { Check, Pattern } from './checks';
import {
  checkCidr,
  checkIpv4,
  checkKnown,
  checkPattern,
  checkPort,
  checkPropNames,
  checkWord,
  ifKnown,
} from './checks';
import { isUnknown } from './framework';
import type { Host } from './host';
import { checkScheduler } from './real-servers';

/** A cluster IP with its port, its endpoints, and the hosts on which it is laid out. */
export interface ClusterIpServiceProps {
  /** Where the service can be reached: each of them gets its chains and rules. */
  readonly hosts: readonly Host[];
  /**
   * The virtual IPv4 address. No device needs to have it, but hosts and pods need a route for it, such as a default route.
   * A list has one address for now: a second one, of IPv6, comes in a later version and is refused until then.
   */
  readonly clusterIp: string | readonly string[];
  /** The port at the cluster IP. */
  readonly port: number;
  /**
   * The protocol.
   * @default tcp
   */
  readonly protocol?: Protocol;
  /** Where connections go, each with an equal share. While none is ready, connections are refused (REJECT). */
  readonly endpoints: readonly Endpoint[];
  /**
   * `namespace/service:port`, or without `:port`. Names of chains are made from it as kube-proxy makes them, so another name
   * is another service.
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
   * Masquerade all connections to the cluster IP, those of pods too.
   * @default false
   */
  readonly masqueradeAll?: boolean;
  /**
   * The network of all pods: connections to the cluster IP from elsewhere are masqueraded.
   * @default - what each host says about its pods
   */
  readonly clusterCidr?: string;
}

/** What a service can speak. */
export type Protocol = 'tcp' | 'udp' | 'sctp';

/**
 * Where a connection may end: an address and port that the hosts can reach. Other props of kube-proxy's endpoints (`serving`,
 * `terminating`, and the `host` that tells which are local) mean something only to traffic policies, which this version does
 * not have: they are refused, so that none is ignored.
 */
export interface Endpoint {
  /** An IPv4 address, or a token for one that is known at apply. */
  readonly address: string;
  /** The port there. */
  readonly port: number;
  /**
   * False: takes no connections now, and stands in no rule.
   * @default true
   */
  readonly ready?: boolean;
}

const PROPS: Readonly<Record<keyof ClusterIpServiceProps, true>> = {
  hosts: true,
  clusterIp: true,
  port: true,
  protocol: true,
  endpoints: true,
  name: true,
  mode: true,
  scheduler: true,
  masqueradeAll: true,
  clusterCidr: true,
};
const ENDPOINT_PROPS: Readonly<Record<keyof Endpoint, true>> = { address: true, port: true, ready: true };

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
  return [
    checkPropNames(props, PROPS),
    checkMode(props),
    ...checkHosts(props.hosts),
    checkClusterIp(props.clusterIp),
    checkPort('port', props.port),
    props.protocol === undefined
      ? undefined
      : (checkKnown('protocol', props.protocol) ?? checkPattern('protocol', props.protocol, PROTOCOL)),
    checkKnown('name', name) ?? checkPattern('name', name, NAME),
    ifKnown(props.clusterCidr, (cidr) => checkCidr('clusterCidr', cidr)),
    ...props.endpoints.flatMap(checkEndpoint),
    ...checkAreDistinct(props.endpoints),
    ...props.hosts.map((host) => checkPrefixAllows(host, props.endpoints)),
  ];
}

/** The address of IPv4, of which a service has one. */
export function toClusterIp(given: ClusterIpServiceProps['clusterIp']): string {
  return typeof given === 'string' ? given : (given[0] ?? '');
}

function checkClusterIp(given: ClusterIpServiceProps['clusterIp']): Check {
  if (typeof given === 'string') return ifKnown(given, checkOneClusterIp);
  const known = checkKnown('clusterIp', given);
  if (known !== undefined || given.length === 0) return known ?? checkOneClusterIp('');
  const wrong = given
    .map((address) => ifKnown(address, checkOneClusterIp))
    .find((check) => check !== undefined);
  if (wrong !== undefined || given.length === 1) return wrong;
  return {
    code: 'several-cluster-ips',
    what: 'clusterIp has more than one address',
    given: given.map(printGiven).join(', '),
    allowed: 'one IPv4 address: a service has one of each family, and IPv6 comes in a later version',
    fix: 'declare a second service for the other address',
  };
}

function checkOneClusterIp(address: string): Check {
  return checkIpv4('clusterIp', address);
}

function printGiven(value: string): string {
  return isUnknown(value) ? 'a token' : value;
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

function checkEndpoint(endpoint: Endpoint, index: number): readonly Check[] {
  const prop = `endpoints[${index}]`;
  return [
    checkPropNames(endpoint, ENDPOINT_PROPS),
    ifKnown(endpoint.address, (address) => checkIpv4(`${prop}.address`, address)),
    checkPort(`${prop}.port`, endpoint.port),
  ];
}

function checkAreDistinct(endpoints: readonly Endpoint[]): readonly Check[] {
  const printed = endpoints.map(({ address, port }) => `${address}:${port}`);
  return printed.map((endpoint, index) =>
    printed.indexOf(endpoint) === index
      ? undefined
      : {
          code: 'endpoint-twice',
          what: 'an endpoint stands twice in endpoints',
          given: isUnknown(endpoint) ? `a token, port ${endpoint.split(':').at(-1)}` : endpoint,
          allowed: 'each endpoint once',
        },
  );
}

/** With kube-proxy's own prefix the names must be kube-proxy's own too, and those are made from addresses. */
function checkPrefixAllows(host: Host, endpoints: readonly Endpoint[]): Check {
  if (host.services.layout.chainPrefix !== 'KUBE-' || !endpoints.some(({ address }) => isUnknown(address)))
    return undefined;
  return {
    code: 'unknown-endpoint',
    what: 'an endpoint that is only known at apply cannot have the chain name that kube-proxy would give it',
    given: `a token, and chainPrefix KUBE- of ${host.node.path}`,
    allowed: 'known addresses with chainPrefix KUBE-',
    fix: 'use another chainPrefix, or write the addresses',
  };
}
