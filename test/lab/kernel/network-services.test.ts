// What Debian's network services are given for the links and routes of a lab file.
import { expect, test } from 'vitest';
import { networkFiles } from '../../../lib/lab/kernel/network-service';
import { readSpec } from '../../../lib/lab/read-spec';
import type { NetworkService } from '../../../lib/lab/spec';

function filesOf(network: NetworkService, routes: readonly string[]) {
  const links = {
    eth0: { network: 'lan', addresses: ['192.168.7.1/24', 'fd07::1/64', '192.168.7.9/24'] },
    spare: { network: 'dmz' },
  };
  const [host] = readSpec({ hosts: { gw: { kind: 'kernel', network, links, routes } } }).hosts;
  if (host === undefined) throw new Error('no host was read');
  return networkFiles(host);
}

const ROUTES = [
  'default via 192.168.7.3',
  'default via fd07::3',
  '10.8.0.0/16 via 192.168.7.3 src 192.168.7.9 metric 7 table 99 mtu 1400',
  '10.9.0.1 dev spare',
  'default via 10.0.0.1 dev spare onlink metric 9',
];

test('systemd-networkd gets a file for each link, and otherwise its defaults', () => {
  const { files, enabled } = filesOf('systemd-networkd', ROUTES);
  expect(files['etc/systemd/network/10-eth0.network']).toBe(`[Match]
Name=eth0

[Network]
IPv6AcceptRA=no

[Address]
Address=192.168.7.1/24

[Address]
Address=fd07::1/64
DuplicateAddressDetection=none

[Address]
Address=192.168.7.9/24

[Route]
Destination=0.0.0.0/0
Gateway=192.168.7.3

[Route]
Destination=::/0
Gateway=fd07::3

[Route]
Destination=10.8.0.0/16
Gateway=192.168.7.3
PreferredSource=192.168.7.9
Metric=7
Table=99
MTUBytes=1400
`);
  expect(files['etc/systemd/network/10-spare.network']).toContain(
    '[Route]\nDestination=10.9.0.1\n\n[Route]\nDestination=0.0.0.0/0\nGateway=10.0.0.1\nMetric=9\nGatewayOnLink=yes\n',
  );
  expect(files['etc/systemd/network/10-lo.network']).toBeUndefined();
  expect(files['etc/systemd/system/lab-online.service']).toContain(
    ' --interface=eth0:carrier --interface=spare:carrier\n',
  );
  expect(enabled['multi-user.target.wants/systemd-networkd.service']).toBe(
    '/lib/systemd/system/systemd-networkd.service',
  );
});

test('ifupdown gets a stanza for each address', () => {
  const { files, enabled } = filesOf('ifupdown', [...ROUTES, '10.7.0.0/16 dev lo']);
  expect(files['etc/network/interfaces']).toBe(`auto lo
iface lo inet loopback
  up ip route add 10.7.0.0/16 dev lo
auto eth0
iface eth0 inet static
  address 192.168.7.1/24
  gateway 192.168.7.3
iface eth0 inet6 static
  address fd07::1/64
  dad-attempts 0
  gateway fd07::3
iface eth0 inet static
  address 192.168.7.9/24
  up ip route add 10.8.0.0/16 via 192.168.7.3 src 192.168.7.9 metric 7 table 99 mtu 1400 dev eth0
auto spare
iface spare inet manual
  up ip route add 10.9.0.1 dev spare
  up ip route add default via 10.0.0.1 dev spare onlink metric 9
`);
  expect(Object.keys(enabled)).toEqual([
    'multi-user.target.wants/networking.service',
    'network-online.target.wants/networking.service',
  ]);
});

test('a host of the lab’s own network has none of their files', () => {
  expect(Object.keys(filesOf('lab', ROUTES).files)).toEqual([
    '/usr/lib/lab/network',
    '/usr/lib/lab/network6',
    'etc/systemd/system/lab-network.service',
  ]);
});
