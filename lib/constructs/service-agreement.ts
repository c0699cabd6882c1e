// What the services of one host must agree on, since they share chains there; used by host-services.ts.
import type { PodDetector, Service } from '../services/service';
import type { Check } from './checks';
import { isUnknown } from './framework';

/** `first` is the one that the host had first, if it has any. */
export function checkAgrees(service: Service, first: Service | undefined): Check {
  if (first === undefined) return undefined;
  if (printMode(service) !== printMode(first)) {
    return {
      code: 'mixed-modes',
      what: 'a host lays all its services out in one mode',
      given: `mode ${printMode(service)}, and ${first.name} on the same host in mode ${printMode(first)}`,
      allowed: 'one mode for all services of a host and scope',
      fix: 'give all of them the same mode, or declare the other ones on a Host of another scope',
    };
  }
  if (service.ipvs === undefined || service.family !== first.family) return undefined;
  const isAlike = service.masqueradeAll === first.masqueradeAll && isSame(service.pods, first.pods);
  if (isAlike || (service.masqueradeAll && first.masqueradeAll)) return undefined;
  const [masquerade, ofFirst] = [service, first].map(printMasquerade);
  return {
    code: 'mixed-masquerade',
    what: 'in mode ipvs all services of a host are masqueraded alike: one rule marks what comes for any of them',
    given: `${masquerade ?? ''} here, and ${ofFirst ?? ''} with ${first.name}`,
    allowed: 'the same masqueradeAll and clusterCidr for all services of a host',
    fix: 'say it on the Host (clusterCidr, podCidr, podBridge), and leave it out here',
  };
}

function isSame(one: PodDetector | undefined, other: PodDetector | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function printMode({ ipvs }: Service): string {
  return ipvs === undefined ? 'iptables' : 'ipvs';
}

function printMasquerade({ masqueradeAll, pods }: Service): string {
  if (masqueradeAll) return 'masqueradeAll';
  if (pods === undefined) return 'no masquerade';
  const from = pods.kind === 'cidr' ? pods.cidr : pods.device;
  return `masquerade unless from ${isUnknown(from) ? 'a token' : from}`;
}
