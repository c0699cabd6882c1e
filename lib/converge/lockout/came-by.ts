// The connection by which we came to a host, as the host sees it: from a reading's section to a value. Used by read-live.ts and the checks of lockout.
import type { Family } from '../../model/iptables';
import { addressBits } from '../../simulate/addresses';

/** One TCP connection from an SSH client to the SSH server of the host. */
export interface CameBy {
  readonly family: Family;
  readonly client: string;
  readonly server: string;
  /** Of the SSH server. */
  readonly port: number;
  /** All of the host's devices. */
  readonly devices: readonly string[];
  /** The host's own addresses; none where it could not tell. */
  readonly addresses: readonly { readonly device: string; readonly address: string }[];
  /** The device by which the host would answer; absent where it could not tell. */
  readonly device?: string;
  /** The device that has the server's address; absent where none of the host's has it, or the host could not tell. */
  readonly serverDevice?: string;
}

/** Of the section that shell/came-by.ts prints; absent where the host could not tell, or tells what we do not understand. */
export function parseCameBy(section: string): CameBy | undefined {
  const lines = section.split('\n');
  const [client = '', , server = '', port = ''] = wordsBehind('ssh', lines);
  const ends = [withoutZone(client), withoutZone(server)] as const;
  const family = ends.every((end) => addressBits(end, 'ipv4') !== undefined) ? 'ipv4' : 'ipv6';
  const isUnderstood = ends.every((end) => addressBits(end, family) !== undefined) && /^\d{1,5}$/.test(port);
  if (!isUnderstood) return undefined;
  const device = deviceOf(ends, lines);
  const addresses = lines.flatMap(addressOf);
  const serverDevice = serverDeviceOf(ends, addresses);
  return {
    family,
    client: ends[0],
    server: ends[1],
    port: Number(port),
    devices: lines.flatMap((line) => (line.startsWith('device ') ? [line.slice('device '.length)] : [])),
    addresses,
    ...(device === undefined ? {} : { device }),
    ...(serverDevice === undefined ? {} : { serverDevice }),
  };
}

/** Between two addresses of the host itself, packets take the loopback device. */
function deviceOf([client, server]: readonly [string, string], lines: readonly string[]): string | undefined {
  if (client === server) return 'lo';
  const words = (
    lines.find((line) => / from \S+ .*dev | dev /.test(line) && !/^\d+: /.test(line)) ?? ''
  ).split(/\s+/);
  const at = words.indexOf('dev');
  return at < 0 ? undefined : words[at + 1];
}

/** All of 127.0.0.0/8 is the host's, whatever is shown. */
function serverDeviceOf(
  [client, server]: readonly [string, string],
  addresses: CameBy['addresses'],
): string | undefined {
  if (client === server || server.startsWith('127.')) return 'lo';
  return addresses.find(({ address }) => address === server)?.device;
}

/** `2: eth0    inet 192.0.2.6/24 …` */
function addressOf(line: string): CameBy['addresses'] {
  const [number = '', device = '', family = '', text = ''] = line.trim().split(/\s+/);
  const [address = ''] = text.split('/');
  return /^\d+:$/.test(number) && /^inet6?$/.test(family) ? [{ device, address }] : [];
}

function wordsBehind(word: string, lines: readonly string[]): readonly string[] {
  const line = lines.find((each) => each.startsWith(`${word} `)) ?? '';
  return line.split(/\s+/).slice(1);
}

/** A link-local address of IPv6 says behind a `%` on which link it is. */
function withoutZone(address: string): string {
  return address.split('%')[0] ?? '';
}
