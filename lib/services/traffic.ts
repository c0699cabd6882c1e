// Which endpoints traffic to a service goes to, or what refuses it, by policy and by where it enters; as kube-proxy decides. Used in both modes.
import type { Service, ServiceEndpoint, TrafficPolicy } from './service';
import { isExternal, sortEndpoints } from './service';

/** What becomes of traffic: it goes on, or is refused where it came to; `remark` ends the comment of the rule that does so. */
export type Way =
  | { readonly kind: 'endpoints'; readonly policy: TrafficPolicy }
  | { readonly kind: 'refused'; readonly by: 'REJECT' | 'DROP'; readonly remark: string };

/** All in kube-proxy's order. */
export interface Traffic {
  /** Those that policy Cluster uses; empty where nothing of the service does. */
  readonly cluster: readonly ServiceEndpoint[];
  /** Those of this host that policy Local uses; empty where nothing of the service does. */
  readonly local: readonly ServiceEndpoint[];
  /** Both together. */
  readonly reachable: readonly ServiceEndpoint[];
  /** Some endpoint is usable, on whichever host. */
  readonly hasEndpoints: boolean;
  /** To the cluster IP. */
  readonly internal: Way;
  /** To node port, load balancer and external IPs. Pods and the host itself go to all endpoints even where others are refused. */
  readonly external: Way;
}

/** What kube-proxy does with the service's traffic. */
export function trafficOf(service: Service): Traffic {
  const { internalTrafficPolicy, externalTrafficPolicy } = service;
  const usable = usableOf(service.endpoints);
  const own = usableOf(service.endpoints.filter(({ isLocal }) => isLocal === true));
  const usesCluster = internalTrafficPolicy === 'Cluster' || isExternal(service);
  const usesLocal =
    internalTrafficPolicy === 'Local' || (externalTrafficPolicy === 'Local' && isExternal(service));
  const cluster = usesCluster ? usable : [];
  const local = usesLocal ? own : [];
  const way = (policy: TrafficPolicy): Way => wayOf(policy, { usable, own });
  return {
    cluster: sortEndpoints(cluster),
    local: sortEndpoints(local),
    reachable: sortEndpoints([...cluster, ...local.filter((endpoint) => !cluster.includes(endpoint))]),
    hasEndpoints: usable.length > 0,
    internal: way(internalTrafficPolicy),
    external: way(externalTrafficPolicy),
  };
}

/** The ready ones; where there is none, those that are on their way out and still answer. */
function usableOf(endpoints: readonly ServiceEndpoint[]): readonly ServiceEndpoint[] {
  const ready = endpoints.filter(({ isReady }) => isReady);
  if (ready.length > 0) return ready;
  return endpoints.filter(({ isServing, isTerminating }) => isServing && isTerminating);
}

function wayOf(
  policy: TrafficPolicy,
  { usable, own }: Readonly<Record<'usable' | 'own', readonly ServiceEndpoint[]>>,
): Way {
  if (usable.length === 0) return { kind: 'refused', by: 'REJECT', remark: 'has no endpoints' };
  if (policy === 'Local' && own.length === 0)
    return { kind: 'refused', by: 'DROP', remark: 'has no local endpoints' };
  return { kind: 'endpoints', policy };
}
