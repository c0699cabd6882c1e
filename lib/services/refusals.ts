// How a service that has no endpoint to go to refuses; used by cluster-ip.ts, external.ts, node-port.ts and load-balancer.ts.
import type { Declaration } from '../model/declaration';
import type { Family } from '../model/iptables';
import type { Match, Target } from '../model/rule';
import type { ChainNames } from './chain-names';
import { DROP, append, filter, reject } from './declare';
import type { Service } from './service';
import type { Way } from './traffic';

/** REJECT tells the client, where nobody can answer; DROP is for a load balancer to notice, where another host can. */
export function refuses(by: 'REJECT' | 'DROP', family: Family): Target {
  return by === 'REJECT' ? reject(family) : DROP;
}

/** What comes from outside, where there is no endpoint for it; `isFor` matches it, with the end of a comment that says why. */
export function declareRefusal(
  { service: { family }, external, names }: Refused,
  isFor: (remark: string) => readonly Match[],
): readonly Declaration[] {
  if (external.kind !== 'refused') return [];
  const chain = filter(names.externalServices, family);
  return [append(chain, isFor(external.remark), refuses(external.by, family))];
}

interface Refused {
  readonly service: Service;
  readonly external: Way;
  readonly names: ChainNames;
}
