// What masquerade of pods means, as flannel lays it out; used by the construct PodMasquerade.
import type { Declaration } from '../model/declaration';
import type { Match, Target } from '../model/rule';
import { RETURN, append, comment, nat } from './declare';
import type { LaidOut } from './shared-parts';
import { forwarding } from './shared-parts';

/** Whose packets leave a host with the host's own address. */
export interface PodMasquerade {
  /** The network of all pods of all hosts. */
  readonly clusterCidr: string;
  /** The network of this host's pods. */
  readonly podCidr: string;
  readonly randomFully: boolean;
  /** Other networks that are masqueraded where they leave themselves. */
  readonly extraCidrs: readonly string[];
}

/** Flannel's four rules behind those of others, in its order and with its comments. */
export function layOutPodMasquerade({
  clusterCidr,
  podCidr,
  randomFully,
  extraCidrs,
}: PodMasquerade): LaidOut {
  const masquerade: Target = { kind: 'masquerade', flags: randomFully ? ['random-fully'] : [] };
  const rule = (matches: readonly Match[], target: Target): Declaration =>
    append(nat('POSTROUTING'), matches, target);
  const fromPods: Match = { kind: 'source', prefix: clusterCidr };
  const fromElsewhere: Match = { ...fromPods, negated: true };
  const flanneld = comment('flanneld masq');
  return {
    shared: [forwarding('ipv4')],
    declarations: [
      rule([fromPods, toNetwork(clusterCidr), flanneld], RETURN),
      rule([fromPods, exceptTo('224.0.0.0/4'), comment('flannel masq')], masquerade),
      rule([fromElsewhere, toNetwork(podCidr), flanneld], RETURN),
      rule([fromElsewhere, toNetwork(clusterCidr), flanneld], masquerade),
      ...extraCidrs.map((cidr) => rule([{ kind: 'source', prefix: cidr }, exceptTo(cidr)], masquerade)),
    ],
  };
}

function toNetwork(prefix: string): Match {
  return { kind: 'destination', prefix };
}

function exceptTo(prefix: string): Match {
  return { kind: 'destination', negated: true, prefix };
}
