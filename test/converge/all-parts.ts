// Parts over every subsystem, and what others have beside them: on the host in memory and on a lab host with a kernel of its own.
import type { Parts } from '../../lib/model/declaration';

/** A VIP on a device, sets, virtual servers, and rules of both families that name them. */
export function partsOn(device: string): Parts {
  return {
    '10-host': lines(
      'sysctl net.ipv4.ip_forward=1',
      'sysctl net.ipv4.vs.conntrack=1',
      'ip link add gw0 type dummy',
      'ip link set gw0 up',
      'ip addr add 10.96.0.10/32 dev gw0',
      'ip -6 addr add fd00:96::a/128 dev gw0',
      `ip addr add 182.16.100.101/24 dev ${device}`,
      `ip route add 10.41.0.0/16 via 182.16.100.9 dev ${device}`,
      'ip rule add pref 80 fwmark 0x8 lookup 80',
    ),
    '20-sets': lines(
      'ipset create GW-CLIENTS hash:net',
      'ipset add GW-CLIENTS 182.16.100.0/24',
      'ipset add GW-CLIENTS 10.40.0.0/16',
      'ipset create GW-SIX hash:ip family inet6',
      'ipset add GW-SIX fd00::7',
    ),
    '30-web': lines(
      'ipvsadm -A -t 10.96.0.10:80 -s wrr',
      'ipvsadm -a -t 10.96.0.10:80 -r 182.16.100.11:80 -m',
      'ipvsadm -a -t 10.96.0.10:80 -r 182.16.100.12:80 -m -w 2',
    ),
    '40-rules': lines(
      'iptables -t nat -A POSTROUTING -m set --match-set GW-CLIENTS src -j MASQUERADE',
      'iptables -A FORWARD -j GW-FORWARD',
      'iptables -A GW-FORWARD -m set ! --match-set GW-CLIENTS src -j DROP',
    ),
    '50-rules6': lines(
      'ip6tables -A FORWARD -j GW-FORWARD',
      'ip6tables -A GW-FORWARD -m set --match-set GW-SIX src -j ACCEPT',
      'ip6tables -P FORWARD DROP',
    ),
  };
}

/** The same host a day later: in every subsystem something comes, changes and goes. */
export function otherPartsOn(device: string): Parts {
  return {
    '10-host': lines(
      'sysctl net.ipv4.ip_forward=1',
      'ip link add gw0 type dummy',
      'ip link set gw0 up',
      'ip addr add 10.96.0.11/32 dev gw0',
      `ip addr add 182.16.100.101/24 dev ${device}`,
      `ip route add 10.42.0.0/16 via 182.16.100.9 dev ${device}`,
      'ip rule add pref 80 fwmark 0x9 lookup 80',
    ),
    '20-sets': lines(
      'ipset create GW-CLIENTS hash:net',
      'ipset add GW-CLIENTS 182.16.100.0/24',
      'ipset add GW-CLIENTS 10.50.0.0/16',
      'ipset create GW-PORTS bitmap:port range 1-1024',
      'ipset add GW-PORTS 80',
    ),
    '30-web': lines(
      'ipvsadm -A -t 10.96.0.11:80 -s rr',
      'ipvsadm -a -t 10.96.0.11:80 -r 182.16.100.12:80 -m -w 5',
    ),
    '40-rules': lines(
      'iptables -t nat -A POSTROUTING -m set --match-set GW-CLIENTS src -j MASQUERADE --random-fully',
      'iptables -A INPUT -p tcp -m set --match-set GW-PORTS dst -j ACCEPT',
    ),
    '50-rules6': 'ip6tables -A INPUT -p icmpv6 -j ACCEPT\n',
  };
}

/** What others have: lines behind `ip`, for `ipset restore`, for `ipvsadm -R`, and for iptables-restore of both families. */
export const OTHERS = {
  ip: (device: string) => [
    `addr add 182.16.100.50/24 dev ${device}`,
    `route add 10.60.0.0/16 via 182.16.100.60 dev ${device}`,
    'rule add pref 60 fwmark 0x6 lookup 60',
  ],
  ipset: lines('create OTHERS hash:ip', 'add OTHERS 192.0.2.60'),
  ipvs: lines('-A -u 182.16.100.50:53 -s wlc', '-a -u 182.16.100.50:53 -r 182.16.100.61:53 -m -w 6'),
  ipv4: lines(
    '*filter',
    ':OTHERS - [0:0]',
    '-A FORWARD -j OTHERS',
    '-A OTHERS -s 192.0.2.60/32 -j DROP',
    'COMMIT',
  ),
  ipv6: lines(
    '*filter',
    ':OTHERS - [0:0]',
    '-A FORWARD -j OTHERS',
    '-A OTHERS -s fd00::60/128 -j DROP',
    'COMMIT',
  ),
} as const;

function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
