// The construct NodePortService: a port of every address of a service's hosts that leads to the service.
import { Construct } from 'constructs';
import type { Check } from './checks';
import { checkPort, checkPropNames, refuseAt } from './checks';
import type { ClusterIpService } from './cluster-ip-service';
import type { Host } from './host';

/** A service and the port by which it is reached from outside. */
export interface NodePortServiceProps {
  /** The service; the node port opens on all its hosts. */
  readonly service: ClusterIpService;
  /** The port, at every address of the hosts but those of loopback. */
  readonly nodePort: number;
}

const PROPS: Readonly<Record<keyof NodePortServiceProps, true>> = { service: true, nodePort: true };

/**
 * A node port: connections to this port of any address of the service's hosts go to one of its endpoints, on whichever host it
 * is. They are masqueraded, so that answers come back the same way. Connections from the host itself to 127.0.0.1 are not taken.
 * With a service in mode ipvs it opens at the nodeAddresses of each host, which the hosts then must have.
 */
export class NodePortService extends Construct {
  constructor(scope: Construct, id: string, props: NodePortServiceProps) {
    super(scope, id);
    refuseAt(this.node.path, [
      checkPropNames(props, PROPS),
      checkPort('nodePort', props.nodePort),
      ...props.service.hosts.map((host) => checkNodeAddresses(host, props)),
    ]);
    const { service, nodePort } = props;
    for (const host of service.hosts)
      host.services.addNodePort({ service: service.serviceOn(host), port: nodePort }, this);
  }
}

/** IPVS has no virtual server without an address. */
function checkNodeAddresses(host: Host, { service }: NodePortServiceProps): Check {
  const { nodeAddresses = [] } = host.services.layout;
  if (service.mode === 'iptables' || nodeAddresses.length > 0) return undefined;
  return {
    code: 'no-node-addresses',
    what: 'in mode ipvs a node port opens at addresses of the host, and it does not say which it has',
    given: host.node.path,
    allowed: 'hosts with nodeAddresses',
    fix: `give ${host.node.path} its nodeAddresses`,
  };
}
