// What nat makes of a packet's ends: DNAT, REDIRECT, SNAT and MASQUERADE. Used by targets.ts.
import type { PortRange, Target, TranslationFlag } from '../model/rule';
import { readPortRange } from '../syntax/vocabulary/values';
import type { Addresses } from './addresses';
import { ANY_ADDRESS, parseAddresses, WIDTH } from './addresses';
import type { Packet } from './packet';
import { ANY_PORT, isPortWithin } from './packet';
import type { Surroundings } from './rule-set';
import type { Place } from './trace';

/** What a rule of nat makes of a packet. */
export type Translate = (packet: Packet, rule: TranslatingRule) => Packet;

/** The rule, and where it stands. */
export interface TranslatingRule {
  readonly surroundings: Surroundings;
  readonly by: Place;
}

/** Of `A[-B][:PORT[-PORT]]`, with brackets around addresses of IPv6 where a port follows. Of a range, any address. */
export function translateDestination(to: string): Translate {
  return (packet) => {
    const { address, ports } = splitTo(to, packet);
    const destination = address === undefined ? packet.destination : addressesOf(address, packet);
    return redirected(packet, {
      destination,
      destinationPorts: translatedPorts(packet.destinationPorts, ports),
      isForHost: address === undefined && packet.isForHost === true,
    });
  };
}

/** To the host itself: to the first address of the device that the packet came by, or to the loopback address if it came by none. */
export function redirect(ports: string | undefined): Translate {
  return (packet, { surroundings }) => {
    const { inDevice, family } = packet;
    const own = inDevice.kind === 'named' ? surroundings.addressOf?.(inDevice.name, family) : undefined;
    const address = inDevice.kind === 'none' ? LOOPBACK_ADDRESS[family] : own;
    return redirected(packet, {
      destination: address === undefined ? ANY_ADDRESS : addressesOf(address, packet),
      destinationPorts: translatedPorts(
        packet.destinationPorts,
        ports === undefined ? undefined : readTranslatedPorts(ports),
      ),
      isForHost: true,
    });
  };
}

/** The packet seems to come from elsewhere. */
export function translateSource({ to, flags }: Extract<Target, { kind: 'snat' | 'dnat' }>): Translate {
  return (packet, { by }) => {
    const { address, ports } = splitTo(to, packet);
    return {
      ...packet,
      source: address === undefined ? packet.source : addressesOf(address, packet),
      sourcePorts: translatedSourcePorts(packet.sourcePorts, ports, flags),
      sourceTranslation: { kind: 'snat', by },
    };
  };
}

/** The packet seems to come from the device that it leaves by. */
export function masquerade({ toPorts, flags }: Extract<Target, { kind: 'masquerade' }>): Translate {
  return (packet, { by, surroundings }) => {
    const own = surroundings.masqueradeAddressOf?.(packet);
    const ports = toPorts === undefined ? undefined : { range: toPorts };
    return {
      ...packet,
      source: own === undefined ? ANY_ADDRESS : addressesOf(own, packet),
      sourcePorts: translatedSourcePorts(packet.sourcePorts, ports, flags),
      sourceTranslation: { kind: 'masquerade', by },
    };
  };
}

const LOOPBACK_ADDRESS = { ipv4: '127.0.0.1', ipv6: '::1' } as const;

/** Where no ports are named, one chosen at random is of the same class as the one before. */
function translatedSourcePorts(
  ports: PortRange,
  to: ToPorts | undefined,
  flags: readonly TranslationFlag[],
): PortRange {
  if (!flags.some((flag) => flag === 'random' || flag === 'random-fully')) return translatedPorts(ports, to);
  return to?.range ?? CLASSES.find((each) => isPortWithin(ports, each) === 'yes') ?? ANY_PORT;
}

/** As the kernel keeps them apart (nf_nat_core.c). */
const CLASSES: readonly PortRange[] = [
  { first: 1, last: 511 },
  { first: 512, last: 1023 },
  { first: 1024, last: 65535 },
];

/** To where it goes anyway is no translation. */
function redirected(
  packet: Packet,
  to: Pick<Packet, 'destination' | 'destinationPorts' | 'isForHost'>,
): Packet {
  const isSame =
    isOne(packet) &&
    to.destination.bits === packet.destination.bits &&
    to.destination.mask === packet.destination.mask &&
    to.destinationPorts.first === packet.destinationPorts.first &&
    to.destinationPorts.last === packet.destinationPorts.last;
  return isSame ? packet : { ...packet, ...to, isDestinationTranslated: true };
}

function isOne({ destination, destinationPorts, family }: Packet): boolean {
  const whole = (1n << BigInt(WIDTH[family])) - 1n;
  return destination.mask === whole && destinationPorts.first === destinationPorts.last;
}

/** Ports that a packet's own becomes one of. */
export interface ToPorts {
  readonly range: PortRange;
  /** Of a range that is shifted: the port that becomes its first. */
  readonly base?: number;
}

/** A port that is in the range already stays, unless the range is shifted. */
function translatedPorts(ports: PortRange, to: ToPorts | undefined): PortRange {
  if (to === undefined) return ports;
  const { range, base } = to;
  if (base === undefined) return isPortWithin(ports, range) === 'yes' ? ports : range;
  const port = ports.first - base + range.first;
  const isOnePort = ports.first === ports.last && port >= range.first && port <= range.last;
  return isOnePort ? { first: port, last: port } : range;
}

function addressesOf(text: string, { family }: Packet): Addresses {
  return parseAddresses(text, family) ?? ANY_ADDRESS;
}

/** What stands behind `--to-destination` and `--to-source`: a range is left as it is. */
export function splitTo(
  to: string,
  { family }: Pick<Packet, 'family'>,
): { readonly address?: string; readonly ports?: ToPorts } {
  const pattern = family === 'ipv4' ? /^([^:]*)(?::(.*))?$/ : /^\[?([^\]]*?)\]?(?::(\d[\d/-]*))?$/;
  const isPlain6 = family === 'ipv6' && !to.startsWith('[') && !/^:\d/.test(to);
  const [, address = '', ports = ''] = isPlain6 ? ['', to] : (pattern.exec(to) ?? []);
  return {
    ...(address === '' ? {} : { address }),
    ...(ports === '' ? {} : { ports: readTranslatedPorts(ports) }),
  };
}

function readTranslatedPorts(text: string): ToPorts {
  const [range = '', base] = text.split('/');
  return { range: readPortRange(range, '-'), ...(base === undefined ? {} : { base: Number(base) }) };
}
