// Where traffic from outside enters a service in iptables mode, by node port, load balancer or external IP; used by cluster-ip.ts.
import type { Declaration } from '../model/declaration';
import type { ChainNames } from './chain-names';
import { IS_FROM_THIS_HOST, append, comment, isAt, jump, nat } from './declare';
import { declareFilledChain } from './own-wording';
import { isFromPod } from './pods';
import { declareRefusal } from './refusals';
import type { Service } from './service';
import type { Traffic } from './traffic';

/** The chain and its rules; nothing for a service without endpoints, which refuses. */
export function declareExternal(
  service: Service,
  traffic: Traffic,
  names: ChainNames,
): readonly Declaration[] {
  if (!traffic.hasEndpoints) return [];
  const { external } = traffic;
  const chain = nat(names.ofExternal(service), service.family);
  return [
    ...declareFilledChain(chain, names),
    ...(service.externalTrafficPolicy === 'Local'
      ? declareShortCuts(service, names)
      : [append(chain, [remark('masquerade traffic', service)], jump(names.markForMasquerade))]),
    ...(external.kind === 'refused'
      ? []
      : [append(chain, [], jump(names.ofService(service, external.policy)))]),
  ];
}

/** Under policy Local, pods and the host itself still go to all endpoints, as if they had gone out to a load balancer and come back. */
function declareShortCuts(service: Service, names: ChainNames): readonly Declaration[] {
  const { family, pods } = service;
  const chain = nat(names.ofExternal(service), family);
  const toAll = jump(names.ofService(service, 'Cluster'));
  return [
    ...(pods === undefined ? [] : [append(chain, [isFromPod(pods), remark('pod traffic', service)], toAll)]),
    // The host calls an address that it has itself from that address, to which no other host's endpoint could answer.
    append(
      chain,
      [remark('masquerade LOCAL traffic', service), IS_FROM_THIS_HOST],
      jump(names.markForMasquerade),
    ),
    append(chain, [remark('route LOCAL traffic', service), IS_FROM_THIS_HOST], toAll),
  ];
}

function remark(what: string, { name }: Service) {
  return comment(`${what} for ${name} external destinations`);
}

/** External IPs; what is not taken by a short cut is refused where there is no endpoint for it. */
export function declareExternalIps(
  service: Service,
  { hasEndpoints, external }: Traffic,
  names: ChainNames,
): readonly Declaration[] {
  const { family, name } = service;
  const at = (address: string, why: string) => isAt({ ...service, address }, `${name} ${why}`);
  return service.externalIps.flatMap((address) => [
    ...(hasEndpoints
      ? [append(nat(names.services, family), at(address, 'external IP'), jump(names.ofExternal(service)))]
      : []),
    ...declareRefusal({ service, external, names }, (remark) => at(address, remark)),
  ]);
}
