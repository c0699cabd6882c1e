// How a service that has no endpoint to go to refuses; used by cluster-ip.ts, external.ts, node-port.ts and load-balancer.ts.
import type { Family } from '../model/iptables';
import type { Target } from '../model/rule';
import { DROP, reject } from './declare';

/** REJECT tells the client, where nobody can answer; DROP is for a load balancer to notice, where another host can. */
export function refuses(by: 'REJECT' | 'DROP', family: Family): Target {
  return by === 'REJECT' ? reject(family) : DROP;
}
