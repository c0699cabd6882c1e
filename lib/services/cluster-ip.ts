// What a ClusterIP service means in iptables mode, as kube-proxy lays it out; used by the construct ClusterIpService.
import type { Declaration } from '../model/declaration';
import type { Match } from '../model/rule';
import { chainNames } from './chain-names';
import {
  REJECT,
  append,
  comment,
  declareChain,
  filter,
  isFrom,
  isProtocol,
  isTo,
  isToPort,
  jump,
  nat,
} from './declare';
import type { Service, ServiceEndpoint, ServiceLayout } from './service';
import { printEndpoint, sortEndpoints } from './service';

/** The lines of one service: its chains first, then the rules in the order in which a packet meets them. */
export function declareService(service: Service, layout: ServiceLayout): readonly Declaration[] {
  const names = chainNames(layout.chainPrefix);
  if (service.endpoints.length === 0) {
    return [append(filter(names.services), isToService(service, 'has no endpoints'), REJECT)];
  }
  const endpoints = sortEndpoints(service.endpoints);
  const serviceChain = names.ofService(service);
  return [
    declareChain(nat(serviceChain)),
    ...endpoints.map((endpoint) => declareChain(nat(names.ofEndpoint(service, endpoint)))),
    append(nat(names.services), isToService(service, 'cluster IP'), jump(serviceChain)),
    ...declareInternalMasquerade(service, layout),
    ...endpoints.map((endpoint, index) =>
      append(
        nat(serviceChain),
        [comment(`${service.name} -> ${printEndpoint(endpoint)}`), ...takesShare(endpoints.length - index)],
        jump(names.ofEndpoint(service, endpoint)),
      ),
    ),
    ...endpoints.flatMap((endpoint) => declareEndpoint(service, endpoint, layout)),
  ];
}

/** One of `remaining` endpoints takes its equal share; the last one takes all that is left. */
export function takesShare(remaining: number): readonly Match[] {
  return remaining === 1 ? [] : [{ kind: 'statistic-random', probability: probability(remaining) }];
}

/** kube-proxy's precision: ten decimals. */
function probability(remaining: number): number {
  return Number((1 / remaining).toFixed(10));
}

function isToService(service: Service, remark: string): readonly Match[] {
  return [isTo(service.clusterIp), ...isOnPort(service, remark)];
}

function isOnPort({ name, protocol, port }: Service, remark: string): readonly Match[] {
  return [isProtocol(protocol), comment(`${name} ${remark}`), isToPort(protocol, port)];
}

/** Makes answers come back through this host where the client's own way to an endpoint might not lead through it. */
function declareInternalMasquerade(service: Service, layout: ServiceLayout): readonly Declaration[] {
  const names = chainNames(layout.chainPrefix);
  const matches = isMasqueraded(service);
  if (matches === undefined) return [];
  return [append(nat(names.ofService(service)), matches, jump(names.markForMasquerade))];
}

function isMasqueraded(service: Service): readonly Match[] | undefined {
  const to = isTo(service.clusterIp);
  const onPort = isOnPort(service, 'cluster IP');
  const masquerade = service.internalMasquerade;
  switch (masquerade.kind) {
    case 'none':
      return undefined;
    case 'all':
      return [to, ...onPort];
    case 'unless-from-cidr':
      return [{ kind: 'source', negated: true, prefix: masquerade.cidr }, to, ...onPort];
    case 'unless-from-device':
      return [to, { kind: 'in-interface', negated: true, device: masquerade.device }, ...onPort];
  }
}

function declareEndpoint(
  service: Service,
  endpoint: ServiceEndpoint,
  layout: ServiceLayout,
): readonly Declaration[] {
  const names = chainNames(layout.chainPrefix);
  const chain = nat(names.ofEndpoint(service, endpoint));
  const { name, protocol } = service;
  return [
    // Hairpin: an endpoint that reaches itself would answer itself directly, past the translation.
    append(chain, [isFrom(endpoint.address), comment(name)], jump(names.markForMasquerade)),
    append(chain, [isProtocol(protocol), comment(name), { kind: 'ports', protocol }], {
      kind: 'dnat',
      to: printEndpoint(endpoint),
      flags: [],
    }),
  ];
}
