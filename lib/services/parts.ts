// Names of the parts that services make of a host's desired state; their byte order is the order in which lines are taken.

/** IP forwarding, once per host. */
export const FORWARDING_PART = '10-ip-forward';
/** Static chains and jumps for node ports. Before those of the services, so that its jump in FORWARD stands below theirs. */
export const NODE_PORTS_PART = '10-node-ports';
/** Static chains and jumps for services. */
export const SERVICES_PART = '10-services';
/** The end of the services chain. */
export const NODE_PORTS_JUMP_PART = '90-node-ports';

export function servicePart(name: string): string {
  return `50-service ${name}`;
}

/** Next to its service, and behind it: it jumps to the service's chain. */
export function nodePortPart(name: string): string {
  return `${servicePart(name)} node port`;
}
