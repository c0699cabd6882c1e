// How packets of pods are told from others on a host: the props that say so, checked, and what follows for services. Used by host.ts and host-props.ts.
import type { Family } from '../model/iptables';
import type { PodDetector } from '../services/service';
import { checkDevice } from './address-checks';
import type { Check, Pattern } from './checks';
import { checkKnown, checkPattern } from './checks';
import type { HostProps } from './host-props';
import { isUnknown } from './framework';
import { checkNetworks, networkOf, toList } from './networks';

/** By what a host tells packets of its pods in one family; absent where it cannot. */
export function podDetectorOf(props: HostProps, family: Family): PodDetector | undefined {
  const { podCidr, clusterCidr = podCidr, podBridge, podInterfacePrefix } = props;
  if (podBridge !== undefined) return { kind: 'device', device: podBridge };
  if (podInterfacePrefix !== undefined) return { kind: 'device', device: `${podInterfacePrefix}+` };
  return fromNetwork(clusterCidr, family);
}

/** By their addresses. */
export function fromNetwork(
  networks: string | readonly string[] | undefined,
  family: Family,
): PodDetector | undefined {
  const cidr = networkOf(networks, family);
  return cidr === undefined ? undefined : { kind: 'cidr', cidr };
}

/** All that is wrong with the props that tell packets of pods from others. */
export function checkDetector({
  podCidr,
  clusterCidr,
  podBridge,
  podInterfacePrefix,
}: HostProps): readonly Check[] {
  return [
    ...checkNetworks('podCidr', podCidr),
    ...checkNetworks('clusterCidr', clusterCidr),
    podBridge === undefined
      ? undefined
      : (checkKnown('podBridge', podBridge) ?? checkDevice('podBridge', podBridge)),
    podInterfacePrefix === undefined
      ? undefined
      : (checkKnown('podInterfacePrefix', podInterfacePrefix) ??
        checkPattern('podInterfacePrefix', podInterfacePrefix, DEVICE_PREFIX)),
    checkIsOneDetector({ clusterCidr, podBridge, podInterfacePrefix }),
  ];
}

/** A token for a network is taken for IPv4. Where there is nothing else, it is refused rather than ignored. */
export function checkPodsOfIpv6(props: HostProps, path: string): Check {
  const { podCidr, clusterCidr = podCidr, podBridge, podInterfacePrefix } = props;
  const isTold = podBridge !== undefined || podInterfacePrefix !== undefined;
  const networks = toList(clusterCidr);
  if (isTold || !networks.some(isUnknown) || networkOf(clusterCidr, 'ipv6') !== undefined) return undefined;
  return {
    code: 'unknown-family',
    what: `a network of pods of ${path} is only known at apply, and would be taken for one of IPv4`,
    given: 'a token, and a service of IPv6',
    allowed: 'for IPv6, a network that is known at synthesis',
    fix: `write the network of IPv6 in clusterCidr or podCidr of ${path}, or say podBridge or podInterfacePrefix`,
  };
}

function checkIsOneDetector(detectors: object): Check {
  const given = Object.entries(detectors).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (given.length < 2) return undefined;
  return {
    code: 'two-detectors',
    what: 'packets of pods are told from others in one way',
    given: given.join(' and '),
    allowed:
      'one of clusterCidr, podBridge and podInterfacePrefix, or none of them, and then podCidr decides',
    fix: 'leave all but one out',
  };
}

const DEVICE_PREFIX: Pattern = {
  pattern: /^[A-Za-z0-9_.-]{1,14}$/,
  allowed: 'the beginning of the name of a network device, without +, at most 14 characters',
};
