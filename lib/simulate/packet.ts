// A packet, or all packets of a kind at once: where something is not known, it is said so. Used by everything in the simulator.
import type { Family } from '../model/iptables';
import type { RealServerDeclaration, VirtualServerAddress } from '../model/ipvs';
import type { PortRange } from '../model/rule';
import type { Answer } from './answer';
import { known } from './answer';
import type { Addresses } from './addresses';
import type { Place } from './trace';

/** A network device that a packet came or leaves by; `unnamed` is some device, but none of those in `isNot`. */
export type Device =
  | { readonly kind: 'none' }
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'unnamed'; readonly isNot: readonly string[] };

/** What connection tracking says of a packet. */
export type CtState = 'INVALID' | 'NEW' | 'RELATED' | 'ESTABLISHED' | 'UNTRACKED';

/** Where a packet comes from and goes to. */
export interface Ends {
  /** More than one address: the packets of all of them at once. */
  readonly source: Addresses;
  readonly destination: Addresses;
  readonly sourcePorts: PortRange;
  readonly destinationPorts: PortRange;
}

export interface Packet extends Ends {
  readonly family: Family;
  /** As iptables-save names it. */
  readonly protocol: string;
  /** The flags of TCP that are set, by the names that iptables gives them. */
  readonly flags: readonly string[];
  readonly inDevice: Device;
  readonly outDevice: Device;
  readonly ctstate: CtState | 'unknown';
  readonly direction: 'original' | 'reply';
  readonly mark: number | 'unknown';
  /** A rule of nat gave it another destination. */
  readonly isDestinationTranslated?: boolean;
  /** A rule of nat gave it another source. */
  readonly sourceTranslation?: SourceTranslation;
  /** It is for the host itself, to whichever of its addresses, as after a REDIRECT. */
  readonly isForHost?: boolean;
  /** As it was when its journey began. */
  readonly begun?: Ends;
  /** What nat has decided for its connection, and asks no rule for again. */
  readonly decided?: 'destination' | 'both';
  /** IPVS sent it on. */
  readonly balanced?: Balanced;
}

/** How the source was translated; which it is then stands in the packet itself. */
export interface SourceTranslation {
  readonly kind: 'masquerade' | 'snat';
  readonly by: Place;
}

/** By which virtual server and to which of its real servers; its destination was that of the virtual server. */
export interface Balanced extends Pick<Ends, 'destination' | 'destinationPorts'> {
  readonly server: VirtualServerAddress;
  readonly realServer: RealServerDeclaration;
}

/** Every port. */
export const ANY_PORT: PortRange = { first: 0, last: 65535 };

/** No device: none by which a packet of the host's own came, none by which one that stays leaves. */
export const NO_DEVICE: Device = { kind: 'none' };

/** By which a host reaches itself. */
export const LOOPBACK: Device = { kind: 'named', name: 'lo' };

/** Some device, to others. */
export const SOME_DEVICE: Device = { kind: 'unnamed', isNot: ['lo'] };

/** Are all ports of these in the range, none, or some? */
export function isPortWithin(these: PortRange, { first, last }: PortRange): Answer {
  if (these.last < first || these.first > last) return 'no';
  return these.first >= first && these.last <= last ? 'yes' : 'unknown';
}

/** Is it the device that a rule names? A `+` at the end stands for any ending. */
export function isDevice(device: Device, named: string): Answer {
  const isNamed = (name: string): boolean =>
    named.endsWith('+') ? name.startsWith(named.slice(0, -1)) : name === named;
  switch (device.kind) {
    // The kernel compares with an empty name there.
    case 'none':
      return known(isNamed(''));
    case 'named':
      return known(isNamed(device.name));
    case 'unnamed':
      return device.isNot.includes(named) ? 'no' : named === '+' ? 'yes' : 'unknown';
  }
}

/** What is true of both. */
export function joinPackets(one: Packet, other: Packet): Packet {
  if (one === other) return one;
  return {
    ...one,
    mark: one.mark === other.mark ? one.mark : 'unknown',
    ctstate: one.ctstate === other.ctstate ? one.ctstate : 'unknown',
  };
}

/** The same for packets of which no rule and no route can tell one from the other. */
export function packetKey(packet: Packet): string {
  const { sourceTranslation, balanced } = packet;
  return [
    ...[packet.family, packet.protocol, packet.ctstate, packet.direction, packet.mark, packet.decided],
    ...[packet.isForHost === true, packet.isDestinationTranslated === true, sourceTranslation?.kind],
    ...[deviceKey(packet.inDevice), deviceKey(packet.outDevice), packet.flags.join()],
    ...[endsKey(packet), packet.begun === undefined ? '' : endsKey(packet.begun)],
    balanced === undefined ? '' : JSON.stringify([balanced.server, balanced.realServer]),
  ].join(' ');
}

function endsKey({ source, destination, sourcePorts, destinationPorts }: Ends): string {
  const addresses = [source, destination].map(
    ({ bits, mask }) => `${bits.toString(16)}/${mask.toString(16)}`,
  );
  const ports = [sourcePorts, destinationPorts].map(({ first, last }) => `${first}-${last}`);
  return [...addresses, ...ports].join(' ');
}

function deviceKey(device: Device): string {
  switch (device.kind) {
    case 'none':
      return '';
    case 'named':
      return device.name;
    case 'unnamed':
      return `!${device.isNot.join()}`;
  }
}
