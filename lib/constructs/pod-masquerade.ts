// The construct PodMasquerade: pods talk to each other with their own addresses, and to the rest of the world with their host's.
import { Construct } from 'constructs';
import { IPv4 } from 'ipaddr.js';
import { layOutPodMasquerade } from '../services/pod-masquerade';
import { checkHosts } from './checked-hosts';
import type { Check } from './checks';
import { checkCidr, checkPropNames, ifKnown, refuseAt } from './checks';
import { isUnknown } from './framework';
import type { Host } from './host';
import { toPathName } from './path-name';

/** The network of all pods, and the hosts that they live on. */
export interface PodMasqueradeProps {
  /** The hosts of the pods; each says by its podCidr which pods are its own. */
  readonly hosts: readonly Host[];
  /** The network of all pods of all hosts, such as `10.244.0.0/16`. */
  readonly clusterCidr: string;
  /**
   * Choose source ports at random: `--random-fully`. It keeps connections that begin at the same moment from getting the same port.
   * @default true
   */
  readonly randomFully?: boolean;
  /**
   * Other networks of the hosts whose packets are masqueraded where they leave their network, such as Docker's `172.17.0.0/16`.
   * @default - none
   */
  readonly extraCidrs?: readonly string[];
}

const PROPS: Readonly<Record<keyof PodMasqueradeProps, true>> = {
  hosts: true,
  clusterCidr: true,
  randomFully: true,
  extraCidrs: true,
};

/**
 * The rules that flannel keeps in POSTROUTING: what pods send to pods keeps its source, what pods send elsewhere (but multicast)
 * leaves with the host's address, and what comes from elsewhere for pods of other hosts is masqueraded so that answers come back.
 * They stand behind the rules of others, such as Docker's. Sets `net.ipv4.ip_forward=1`. IPv4 only.
 *
 * ```ts
 * const node = new Host(stack, 'node', { address: '172.16.100.13', podCidr: '10.244.0.0/24' });
 * new PodMasquerade(stack, 'pods', { hosts: [node], clusterCidr: '10.244.0.0/16' });
 * ```
 */
export class PodMasquerade extends Construct {
  constructor(scope: Construct, id: string, props: PodMasqueradeProps) {
    super(scope, id);
    refuseAt(this, checkProps(props));
    const { hosts, clusterCidr, randomFully = true, extraCidrs = [] } = props;
    const part = { name: `50-pod-masquerade ${toPathName(this.node.path)}`, declaredBy: this };
    for (const host of hosts) {
      host.laidOut.add(part, (conceal) =>
        layOutPodMasquerade({
          clusterCidr: conceal(clusterCidr),
          podCidr: conceal(host.podCidrOf('ipv4') ?? ''),
          randomFully,
          extraCidrs: extraCidrs.map(conceal),
        }),
      );
    }
  }
}

function checkProps({ hosts, clusterCidr, extraCidrs = [], ...rest }: PodMasqueradeProps): readonly Check[] {
  return [
    checkPropNames(rest, PROPS),
    ...checkHosts(hosts),
    ifKnown(clusterCidr, (cidr) => checkCidr('clusterCidr', cidr)),
    ...extraCidrs.map((given, index) => ifKnown(given, (cidr) => checkCidr(`extraCidrs[${index}]`, cidr))),
    ...hosts.map((host) => checkPods(host, clusterCidr)),
  ];
}

function checkPods(host: Host, clusterCidr: string): Check {
  const podCidr = host.podCidrOf('ipv4');
  if (podCidr === undefined) {
    return {
      code: 'no-pod-cidr',
      what: 'a host does not say which pods are its own',
      given: host.node.path,
      allowed: 'hosts with a podCidr',
      fix: `give ${host.node.path} its podCidr, a network in ${isUnknown(clusterCidr) ? 'clusterCidr' : clusterCidr}`,
    };
  }
  if (isUnknown(podCidr) || isUnknown(clusterCidr) || checkCidr('', clusterCidr) !== undefined)
    return undefined;
  if (contains(clusterCidr, podCidr)) return undefined;
  return {
    code: 'pods-outside',
    what: 'the pods of a host are not in the network of all pods',
    given: `podCidr ${podCidr} of ${host.node.path}`,
    allowed: `networks in ${clusterCidr}`,
    fix: 'correct clusterCidr, or podCidr of the host',
  };
}

function contains(outer: string, inner: string): boolean {
  const [network, length] = IPv4.parseCIDR(outer);
  const [address, innerLength] = IPv4.parseCIDR(inner);
  return innerLength >= length && address.match(network, length);
}
