// Traffic policies of services, and whether it can be told which endpoints are on a host, without which Local means nothing. Used by the services.
import type { TrafficPolicy } from '../services/service';
import { givenFamily } from './address-checks';
import type { Check } from './checks';
import { checkWord } from './checks';
import type { Endpoint } from './endpoints';
import { isOn } from './endpoints';
import { isUnknown } from './framework';
import type { Host } from './host';

export type { TrafficPolicy };

/** One of the two words. */
export function checkPolicy(prop: string, policy: TrafficPolicy | undefined): Check {
  return policy === undefined ? undefined : checkWord(prop, policy, ['Cluster', 'Local']);
}

/** For policy Local: each endpoint is known to be on a host, or not to be there. */
export function checkLocality({
  hosts,
  endpoints,
}: {
  readonly hosts: readonly Host[];
  readonly endpoints: readonly Endpoint[];
}): Check {
  const unclear = hosts.flatMap((host) =>
    endpoints
      .filter((endpoint) => isOn(host, endpoint, givenFamily(endpoint.address)) === undefined)
      .map(({ address }) => ({ host, address })),
  );
  const [first] = unclear;
  if (first === undefined) return undefined;
  const { host, address } = first;
  return {
    code: 'unknown-locality',
    what: 'with policy Local it must be known which endpoints are on which host',
    given: `${isUnknown(address) ? 'a token' : address}, and no podCidr of its family of ${host.node.path}`,
    allowed: 'endpoints with a host, or known addresses and hosts with a podCidr',
    fix: `give the endpoint its host, or ${host.node.path} its podCidr`,
  };
}
