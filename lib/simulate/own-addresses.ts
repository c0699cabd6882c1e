// Which of a host's own addresses the kernel takes where a rule names none: REDIRECT and MASQUERADE. Used by surroundings.ts.
import type { Family } from '../model/iptables';
import type { Addresses } from './addresses';
import { addressBits, isWithin, parseAddresses, prefixLength, WIDTH } from './addresses';
import type { Packet } from './packet';
import type { Connected } from './routes';

/** The first of a device. */
export function firstAddress(
  addresses: readonly Connected[],
  device: string,
  family: Family,
): string | undefined {
  return onDevice(addresses, device, family)[0]?.address;
}

/**
 * The one in whose network the next hop lies, which is known here only where it is the destination itself. Where others could be meant,
 * it is not known.
 */
export function masqueradeAddress(addresses: readonly Connected[], packet: Packet): string | undefined {
  const { outDevice, destination, family } = packet;
  if (outDevice.kind !== 'named') return undefined;
  const isLoopback = outDevice.name === 'lo';
  // Of IPv6 the destination itself is preferred, where it is the host's own.
  if (isLoopback && family === 'ipv6') {
    const all = [...addresses, LOOPBACK].flatMap((each) => ownAddress(each, family));
    return all.find(({ bits }) => destination.bits === bits && prefixLength(destination) === WIDTH[family])
      ?.address;
  }
  const own = onDevice(addresses, outDevice.name, family);
  const near = own.find(({ network }) => isWithin(destination, network) !== 'no');
  if (near !== undefined) return isWithin(destination, near.network) === 'yes' ? near.address : undefined;
  return own.length === 1 || isLoopback ? own[0]?.address : undefined;
}

const LOOPBACK: Connected = { network: '::1/128', device: 'lo' };

interface OwnAddress {
  readonly address: string;
  readonly bits: bigint;
  readonly network: Addresses;
}

/** Those of 127.0.0.0/8 are never taken. */
function onDevice(addresses: readonly Connected[], device: string, family: Family): OwnAddress[] {
  return addresses
    .filter((each) => each.device === device && !each.network.startsWith('127.'))
    .flatMap((each) => ownAddress(each, family));
}

function ownAddress({ network: text }: Connected, family: Family): OwnAddress[] {
  const [address = ''] = text.split('/');
  const bits = addressBits(address, family);
  const network = parseAddresses(text, family);
  return bits === undefined || network === undefined ? [] : [{ address, bits, network }];
}
