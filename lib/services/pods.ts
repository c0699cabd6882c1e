// Packets of pods and of others, as matches; used in both modes.
import type { Match } from '../model/rule';
import type { PodDetector } from './service';

/** It comes from a pod. */
export function isFromPod(pods: PodDetector): Match {
  return pods.kind === 'cidr'
    ? { kind: 'source', prefix: pods.cidr }
    : { kind: 'in-interface', device: pods.device };
}

/** It comes from anywhere else. */
export function isFromElsewhere(pods: PodDetector): Match {
  return pods.kind === 'cidr'
    ? { kind: 'source', negated: true, prefix: pods.cidr }
    : { kind: 'in-interface', negated: true, device: pods.device };
}
