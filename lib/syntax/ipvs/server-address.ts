// What tells one virtual server from another (-t, -u, --sctp-service, -f): read and print. Used by the readers of virtual and real servers.
import type { VirtualProtocol, VirtualServerAddress } from '../../model/ipvs';
import { refuse } from '../problem';
import type { GivenOptions, OptionName } from './options';
import { printAddressAndPort, readAddressAndPort, readCount } from './values';

/** The largest mark that ipvsadm prints as it reads it. */
export const MAX_MARK = 2147483647;

const OPTION_OF: Readonly<Record<VirtualProtocol, OptionName>> = {
  tcp: 'tcp-service',
  udp: 'udp-service',
  sctp: 'sctp-service',
};
const PROTOCOLS = ['tcp', 'udp', 'sctp'] as const;

/** Throws `InvalidInput` where the line names no virtual server, or one that cannot be. */
export function readServerAddress(options: GivenOptions): VirtualServerAddress {
  const protocol = PROTOCOLS.find((known) => options.has(OPTION_OF[known]));
  if (protocol !== undefined) return readByAddress(protocol, options);
  const mark = options.get('fwmark-service');
  if (mark !== undefined) return readByMark(mark, options);
  return refuse('value-missing', 'the line does not say which virtual server', {
    allowed: '-t ADDRESS:PORT, -u ADDRESS:PORT, --sctp-service ADDRESS:PORT, -f MARK [-6]',
    fix: 'write one of these',
  });
}

/** As ipvsadm prints it: `-t 192.0.2.1:80`, `-f 2 -6`. */
export function printServerAddress(server: VirtualServerAddress): string {
  if (server.by === 'firewall-mark') return `-f ${server.mark}${server.family === 'ipv6' ? ' -6' : ''}`;
  const option = { tcp: '-t', udp: '-u', sctp: '--sctp-service' }[server.protocol];
  return `${option} ${printAddressAndPort(server.address, server.port)}`;
}

function readByAddress(protocol: VirtualProtocol, options: GivenOptions): VirtualServerAddress {
  if (options.has('ipv6')) {
    refuse('stray-option', '-6 goes with a firewall mark: an address says its family itself', {
      allowed: '-f MARK -6',
      fix: 'leave -6 out',
    });
  }
  const { port = 0, ...read } = readAddressAndPort(
    options.get(OPTION_OF[protocol]) ?? '',
    'a virtual server',
  );
  return { by: 'address', protocol, ...read, port };
}

/** The kernel has marks of 32 bits, but ipvsadm prints those of the upper half as negative numbers, which it does not read itself. */
function readByMark(text: string, options: GivenOptions): VirtualServerAddress {
  const family = options.has('ipv6') ? 'ipv6' : 'ipv4';
  const mark = /^-[1-9]\d{0,9}$/.test(text)
    ? Number(text)
    : readCount(text, 'a firewall mark', [1, MAX_MARK]);
  return { by: 'firewall-mark', family, mark };
}
