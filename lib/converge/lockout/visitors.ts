// Who must get in by SSH after an apply, and the packets by which they try. Used by check-lockout.ts.
import type { Family } from '../../model/iptables';
import type { PortRange } from '../../model/rule';
import type { Addresses } from '../../simulate/addresses';
import { ANY_ADDRESS, parseAddresses } from '../../simulate/addresses';
import type { Device, Packet } from '../../simulate/packet';
import { NO_DEVICE } from '../../simulate/packet';
import type { CameBy } from './came-by';

/** An address or a network from which SSH must get in. */
export interface Visitor {
  readonly kind: 'session' | 'network';
  readonly family: Family;
  /** As a rule would name it. */
  readonly prefix: string;
  readonly addresses: Addresses;
}

/** One packet of a connection that is tried, and which way it goes. */
export interface Leg {
  readonly what: string;
  readonly way: 'arrive' | 'leave';
  readonly packet: Packet;
}

/** The session's own address, and the networks. */
export function visitorsOf(cameBy: CameBy, managementCidrs: readonly string[]): Visitor[] {
  const { family, client } = cameBy;
  const networks = managementCidrs.map((prefix) =>
    visitorOf('network', prefix, prefix.includes(':') ? 'ipv6' : 'ipv4'),
  );
  return [visitorOf('session', client, family), ...networks].filter((visitor) => visitor !== undefined);
}

function visitorOf(kind: Visitor['kind'], prefix: string, family: Family): Visitor | undefined {
  const addresses = parseAddresses(prefix, family);
  return addresses === undefined ? undefined : { kind, family, prefix, addresses };
}

/** For messages. */
export function visitorName({ kind, prefix }: Visitor): string {
  return `SSH from ${prefix} (${kind === 'session' ? 'where this session comes from' : 'management_cidrs'})`;
}

/** True for a connection of the host with itself. */
export function isLoopback({ device }: CameBy): boolean {
  return device === 'lo';
}

/**
 * The first packet, its answer, and what follows. A client's port is one of those that are given out for a connection. Between two
 * addresses of the host itself each packet leaves before it arrives.
 */
export function legsOf(visitor: Visitor, cameBy: CameBy): Leg[] {
  const server = serverOf(visitor, cameBy);
  const isOwn = visitor.kind === 'session' && isLoopback(cameBy);
  const device = deviceOf(visitor, cameBy);
  const there: Shape = {
    ends: {
      source: visitor.addresses,
      destination: server,
      sourcePorts: CLIENT_PORTS,
      destinationPorts: only(cameBy.port),
    },
    family: visitor.family,
    direction: 'original',
  };
  const back: Shape = {
    ends: {
      source: server,
      destination: visitor.addresses,
      sourcePorts: only(cameBy.port),
      destinationPorts: CLIENT_PORTS,
    },
    family: visitor.family,
    direction: 'reply',
  };
  const tried = [
    { what: 'the first packet of a new connection', shape: there, ctstate: 'NEW', flags: ['SYN'] },
    { what: 'the answer to it', shape: back, ctstate: 'ESTABLISHED', flags: ['SYN', 'ACK'] },
    { what: 'the packets that follow', shape: there, ctstate: 'ESTABLISHED', flags: ['ACK'] },
  ] as const;
  return tried.flatMap(({ what, shape, ctstate, flags }) => {
    const packet = { ...packetOf(shape), ctstate, flags };
    const arriving: Leg = { what, way: 'arrive', packet: { ...packet, inDevice: device, isForHost: true } };
    const leaving: Leg = { what, way: 'leave', packet: { ...packet, outDevice: wayBack(visitor, cameBy) } };
    if (isOwn) return [leaving, arriving];
    return shape === there ? [arriving] : [leaving];
  });
}

/** In the other family than the session's, any address of the host. */
function serverOf({ family }: Visitor, cameBy: CameBy): Addresses {
  return (family === cameBy.family ? parseAddresses(cameBy.server, family) : undefined) ?? ANY_ADDRESS;
}

interface Shape {
  readonly ends: Pick<Packet, 'source' | 'destination' | 'sourcePorts' | 'destinationPorts'>;
  readonly family: Family;
  readonly direction: Packet['direction'];
}

const CLIENT_PORTS: PortRange = { first: 1024, last: 65535 };

function only(port: number): PortRange {
  return { first: port, last: port };
}

function packetOf({ ends, family, direction }: Shape): Omit<Packet, 'ctstate' | 'flags'> {
  return { ...ends, family, direction, protocol: 'tcp', inDevice: NO_DEVICE, outDevice: NO_DEVICE, mark: 0 };
}

/** Packets may come by another way than they go; but hardly where the server's address stands on the device of the way back. */
function deviceOf({ kind }: Visitor, { device, serverDevice, devices }: CameBy): Device {
  if (kind === 'session' && device !== undefined && device === serverDevice)
    return { kind: 'named', name: device };
  return onlyDevice(devices);
}

function wayBack({ kind }: Visitor, { device, devices }: CameBy): Device {
  return kind === 'session' && device !== undefined ? { kind: 'named', name: device } : onlyDevice(devices);
}

function onlyDevice(devices: readonly string[]): Device {
  const [first, ...more] = devices.filter((name) => name !== 'lo');
  return first !== undefined && more.length === 0
    ? { kind: 'named', name: first }
    : { kind: 'unnamed', isNot: ['lo'] };
}
