// The construct NodePortService: a port of every address of a service's hosts that leads to the service.
import { Construct } from 'constructs';
import type { Check } from './checks';
import { checkPort, checkPropNames, refuseAt } from './checks';
import type { ClusterIpService } from './cluster-ip-service';

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
 */
export class NodePortService extends Construct {
  constructor(scope: Construct, id: string, props: NodePortServiceProps) {
    super(scope, id);
    const checks: readonly Check[] = [checkPropNames(props, PROPS), checkPort('nodePort', props.nodePort)];
    refuseAt(this.node.path, checks);
    const { service, nodePort } = props;
    for (const host of service.hosts)
      host.services.addNodePort({ service: service.serviceOn(host), port: nodePort }, this);
  }
}
