// What can be adopted, one of each kind: on a host in memory and on a lab host. Used by the tests of `adopt`.
import type { FakeHost } from '../fakes/fake-host';

type SubsystemName = keyof FakeHost['subsystems'];

/** What a host has by others' hands: lines for each tool. */
export type Found = Partial<Readonly<Record<SubsystemName, string>>>;

/** What it is, what is found, the line of `adopt`, the line of the part, and what of that is seen on the host afterwards. */
export const ADOPTABLE: readonly (readonly [string, Found, string, string, string])[] = [
  [
    'a route',
    { ip: 'route add 10.41.0.0/16 via 192.0.2.9\n' },
    'ip route add 10.41.0.0/16 via 192.0.2.9',
    'ip route add 10.41.0.0/16 via 192.0.2.8',
    '10.41.0.0/16 via 192.0.2.8',
  ],
  [
    'an address',
    { ip: 'addr add 192.0.2.101/24 dev eth0\n' },
    'ip addr add 192.0.2.101/24 dev eth0',
    'ip addr add 192.0.2.101/24 dev eth0 label eth0:vip',
    'label eth0:vip',
  ],
  [
    'a routing rule',
    { ip: 'rule add pref 80 from 192.0.2.1 table 80\n' },
    'ip rule add pref 80 from 192.0.2.1 table 80',
    'ip rule add pref 80 from 192.0.2.1 table 81',
    'lookup 81',
  ],
  [
    'a set',
    { ipset: 'create S hash:ip\nadd S 192.0.2.1\n' },
    'ipset create S hash:ip',
    'ipset create S hash:ip maxelem 100',
    'maxelem 100',
  ],
  [
    'a member of a set of others',
    { ipset: 'create S hash:ip comment\nadd S 192.0.2.1 comment "theirs"\n' },
    'ipset add S 192.0.2.1 comment theirs',
    'ipset add S 192.0.2.1 comment ours',
    'comment "ours"',
  ],
  [
    'a virtual server',
    { ipvs: '-A -t 192.0.2.6:80 -s rr\n-a -t 192.0.2.6:80 -r 10.0.0.1:80 -m -w 1\n' },
    'ipvsadm -A -t 192.0.2.6:80 -s rr',
    'ipvsadm -A -t 192.0.2.6:80 -s lc',
    '-s lc',
  ],
  [
    'a real server in a virtual server of others',
    { ipvs: '-A -t 192.0.2.6:80 -s rr\n-a -t 192.0.2.6:80 -r 10.0.0.1:80 -m -w 1\n' },
    'ipvsadm -a -t 192.0.2.6:80 -r 10.0.0.1:80 -m -w 1',
    'ipvsadm -a -t 192.0.2.6:80 -r 10.0.0.1:80 -m -w 7',
    '-w 7',
  ],
];
