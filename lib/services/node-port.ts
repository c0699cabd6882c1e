// What a node port of a service means in iptables mode, external traffic policy Cluster; used by the construct NodePortService.
import type { Declaration } from '../model/declaration';
import { chainNames } from './chain-names';
import { IS_TO_THIS_HOST, REJECT, append, comment, filter, isProtocol, isToPort, jump, nat } from './declare';
import type { Service, ServiceLayout } from './service';

/** The lines that let a port of every address of the host lead to where external traffic enters the service. */
export function declareNodePort(
  service: Service,
  nodePort: number,
  layout: ServiceLayout,
): readonly Declaration[] {
  const names = chainNames(layout.chainPrefix);
  const { name, protocol } = service;
  const isToNodePort = isToPort(protocol, nodePort);
  if (service.endpoints.length === 0) {
    const matches = [
      isProtocol(protocol),
      comment(`${name} has no endpoints`),
      IS_TO_THIS_HOST,
      isToNodePort,
    ];
    return [append(filter(names.externalServices), matches, REJECT)];
  }
  return [
    append(
      nat(names.nodePorts),
      [isProtocol(protocol), comment(name), isToNodePort],
      jump(names.ofExternal(service)),
    ),
  ];
}
