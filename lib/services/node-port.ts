// What a node port of a service means in iptables mode; used by lay-out.ts.
import type { Declaration } from '../model/declaration';
import { chainNames } from './chain-names';
import { IS_TO_THIS_HOST, append, comment, isProtocol, isToPort, jump, nat } from './declare';
import { declareRefusal } from './refusals';
import type { Service, ServiceLayout } from './service';
import { trafficOf } from './traffic';

/** The lines that let a port of the host's addresses lead to where external traffic enters the service. */
export function declareNodePort(service: Service, layout: ServiceLayout): readonly Declaration[] {
  const { name, protocol, family, nodePort } = service;
  if (nodePort === undefined) return [];
  const names = chainNames(layout.chainPrefix);
  const { hasEndpoints, external } = trafficOf(service);
  const isToNodePort = isToPort(protocol, nodePort);
  return [
    ...(hasEndpoints
      ? [
          append(
            nat(names.nodePorts, family),
            [isProtocol(protocol), comment(name), isToNodePort],
            jump(names.ofExternal(service)),
          ),
        ]
      : []),
    ...declareRefusal({ service, external, names }, (remark) => [
      isProtocol(protocol),
      comment(`${name} ${remark}`),
      IS_TO_THIS_HOST,
      isToNodePort,
    ]),
  ];
}
