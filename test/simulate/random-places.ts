// Who is where when random packets are tried, and at which ports. Used by random-rules.ts, random-matches.ts and who sends the packets.
import type { Family } from '../../lib/model/iptables';

/** Who is where. The host stands between client and server, and has two addresses beside; to the last one no route leads. */
export const PLACES = {
  ipv4: {
    client: ['10.1.0.1', '10.1.0.2', '10.1.0.3'],
    server: ['10.2.0.1', '10.2.0.2', '10.96.0.1', '10.96.0.2'],
    host: ['10.1.0.254', '10.2.0.254', '10.9.0.1', '10.9.0.77'],
    loopback: '127.0.0.1',
    nowhere: '10.97.0.1',
    networks: ['10.1.0.0/24', '10.1.0.2/31', '10.2.0.0/24', '10.96.0.0/16', '10.0.0.0/8', '10.1.0.1/32'],
    ranges: ['10.1.0.2-10.1.0.3', '10.2.0.1-10.2.0.1', '10.2.0.70-10.96.0.1'],
  },
  ipv6: {
    client: ['fd01::1', 'fd01::2', 'fd01::3'],
    server: ['fd02::1', 'fd02::2', 'fd96::1', 'fd96::2'],
    host: ['fd01::fe', 'fd02::fe', 'fd09::1', 'fd09::77'],
    loopback: '::1',
    nowhere: 'fd97::1',
    networks: ['fd01::/64', 'fd01::2/127', 'fd02::/64', 'fd96::/16', 'fd00::/8', 'fd01::1/128'],
    ranges: ['fd01::2-fd01::3', 'fd02::1-fd02::1', 'fd02::70-fd96::1'],
  },
} as const;

/** Where packets go to first, and where rules send them. */
export const DESTINATION_PORTS = [53, 80, 81, 443] as const;
export const TARGET_PORTS = [80, 8080, 8443] as const;

export function allOf(family: Family): readonly string[] {
  const { client, server, host } = PLACES[family];
  return [...client, ...server, ...host];
}

/** Where random rules stand. */
export const BUILT_IN = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
} as const;
