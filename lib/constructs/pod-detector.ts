// How packets of pods are told from others on a host: the props that say so, checked, and what follows for masquerading. Used by host-props.ts and services.
import type { InternalMasquerade } from '../services/service';
import { checkDevice } from './address-checks';
import type { Check, Pattern } from './checks';
import { checkCidr, checkKnown, checkPattern, ifKnown } from './checks';
import type { HostProps } from './host-props';

/** Which traffic to cluster IPs is masqueraded on the host, unless a service says otherwise. */
export function toInternalMasquerade(props: HostProps): InternalMasquerade {
  const { podCidr, clusterCidr = podCidr, podBridge, podInterfacePrefix } = props;
  if (podBridge !== undefined) return { kind: 'unless-from-device', device: podBridge };
  if (podInterfacePrefix !== undefined)
    return { kind: 'unless-from-device', device: `${podInterfacePrefix}+` };
  return clusterCidr === undefined ? { kind: 'none' } : { kind: 'unless-from-cidr', cidr: clusterCidr };
}

/** All that is wrong with the props that tell packets of pods from others. */
export function checkDetector({
  podCidr,
  clusterCidr,
  podBridge,
  podInterfacePrefix,
}: HostProps): readonly Check[] {
  return [
    ifKnown(podCidr, (cidr) => checkCidr('podCidr', cidr)),
    ifKnown(clusterCidr, (cidr) => checkCidr('clusterCidr', cidr)),
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
