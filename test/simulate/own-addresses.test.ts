// The addresses that the kernel takes where a rule names none, and the ports that it chooses.
import { describe, expect, test } from 'vitest';
import { walkFromDevice } from '../../lib/simulate/journey';
import { outcomesOf } from '../../lib/simulate/outcomes';
import { firstAddress, masqueradeAddress } from '../../lib/simulate/own-addresses';
import type { Packet } from '../../lib/simulate/packet';
import { routesOf } from '../../lib/simulate/routes';
import { addresses, packet, packetOf, surroundings } from './packets';

const OWN = [
  { network: '192.0.2.6/24', device: 'eth0' },
  { network: '2001:db8::6/64', device: 'eth0' },
  { network: '10.1.0.6/24', device: 'eth1' },
  { network: '10.2.0.6/24', device: 'eth1' },
  { network: '127.0.0.1/8', device: 'lo' },
  { network: '10.9.0.1/32', device: 'lo' },
];

const by = (name: string): Partial<Packet> => ({ outDevice: { kind: 'named', name } });

test.each<[string, string, 'ipv4' | 'ipv6', string | undefined]>([
  ['the first', 'eth1', 'ipv4', '10.1.0.6'],
  ['that of the family', 'eth0', 'ipv6', '2001:db8::6'],
  ['none that is only for the host itself', 'lo', 'ipv4', '10.9.0.1'],
  ['none of a device without', 'eth2', 'ipv4', undefined],
])('REDIRECT takes %s', (_name, device, family, expected) => {
  expect(firstAddress(OWN, device, family)).toBe(expected);
});

test.each<[string, Partial<Packet>, string | undefined]>([
  ['the only one of the device', { ...by('eth0'), destination: addresses('203.0.113.9') }, '192.0.2.6'],
  ['the one near the next hop', { ...by('eth1'), destination: addresses('10.2.0.9') }, '10.2.0.6'],
  [
    'one that is not known, by a gateway',
    { ...by('eth1'), destination: addresses('203.0.113.9') },
    undefined,
  ],
  ['one that is not known, for several', { ...by('eth1'), destination: addresses('10.0.0.0/8') }, undefined],
  ['the first of loopback', { ...by('lo'), destination: addresses('192.0.2.6') }, '10.9.0.1'],
  [
    'the destination itself, of IPv6',
    { ...by('lo'), family: 'ipv6', destination: addresses('2001:db8::6', 'ipv6') },
    '2001:db8::6',
  ],
  ['one that is not known, of any device', { outDevice: { kind: 'unnamed', isNot: [] } }, undefined],
])('MASQUERADE takes %s', (_name, given, expected) => {
  expect(masqueradeAddress(OWN, packet(given))).toBe(expected);
});

describe('source ports', () => {
  test.each<[string, number, number, number]>([
    ['MASQUERADE', 2000, 2000, 2000],
    ['MASQUERADE --random-fully', 2000, 1024, 65535],
    ['MASQUERADE --random', 100, 1, 511],
    ['MASQUERADE --to-ports 4000-5000', 2000, 4000, 5000],
    ['MASQUERADE --to-ports 1000-5000', 2000, 2000, 2000],
    ['SNAT --to-source 192.0.2.7:4000-5000 --random', 4500, 4000, 5000],
  ])('%s of %i: %i to %i', (target, port, first, last) => {
    const trace = walkFromDevice(packetOf(`tcp 198.51.100.7:${port} -> 10.1.0.9:80`), {
      ...surroundings([`nat POSTROUTING -p tcp -j ${target}`]),
      routeOf: routesOf(OWN),
    });
    expect(outcomesOf(trace).map((each) => each.packet.sourcePorts)).toEqual([{ first, last }]);
  });
});

test.each<[string, string | undefined]>([
  ['10.1.0.9', 'eth1'],
  ['10.1.0.0/24', 'eth1'],
  ['203.0.113.9', 'eth0'],
  ['10.0.0.0/8', undefined],
])('the longest prefix leads %s', (destination, device) => {
  const route = routesOf([...OWN, { network: 'default', device: 'eth0' }])(
    packet({ destination: addresses(destination) }),
  );
  expect(route).toEqual({
    kind: 'device',
    device: device === undefined ? { kind: 'unnamed', isNot: ['lo'] } : { kind: 'named', name: device },
  });
});
