// Parts with so many chains that they come and go in portions. Used by tests of that, in memory and on hosts.
import { CHUNK_CHAINS } from '../../lib/converge/chain-chunks';
import type { Parts } from '../../lib/model/declaration';

/** A portion, and a second that is not full. */
export const MANY_SERVICES = (CHUNK_CHAINS / 2) * 1.1;

/** Each service has a chain that jumps to another of its own; one chain dispatches, and PREROUTING jumps to that. */
export function manyChains(services = MANY_SERVICES): Parts {
  return {
    '10-dispatch': 'iptables -t nat -A PREROUTING -j GW-SERVICES',
    '50-services': Array.from({ length: services }, (_, index) => serviceLines(index).join('\n')).join('\n'),
  };
}

function serviceLines(index: number): string[] {
  const address = `10.96.${index >> 8}.${index & 255}`;
  return [
    `iptables -t nat -A GW-SERVICES -d ${address}/32 -p tcp -m tcp --dport 80 -j GW-SVC-${index}`,
    `iptables -t nat -A GW-SVC-${index} -j GW-SEP-${index}`,
    `iptables -t nat -A GW-SEP-${index} -p tcp -m tcp -j DNAT --to-destination 10.64.0.1:8080`,
  ];
}
