// Addresses and routes of a lab file, word by word.
import { expect, test } from 'vitest';
import { parseInterfaceAddress, parseRoute, printInterfaceAddress } from '../../lib/lab/addresses';

test.each([
  ['192.168.1.6/24', '192.168.1.6/24'],
  ['10.0.0.0/32', '10.0.0.0/32'],
  ['fd00:0:0::6/64', 'fd00::6/64'],
  ['192.168.1.6', undefined],
  ['192.168.1.6/33', undefined],
  ['192.168.1/24', undefined],
  ['192.168.1.06/24', undefined],
  ['0x7f.1/8', undefined],
  ['fd00::6/129', undefined],
  ['fe80::1%eth0/64', undefined],
  ['192.168.1.6/24/1', undefined],
  ['192.168.1.6/24 dev x', undefined],
  ['', undefined],
])('the address %j reads as %j', (text, printed) => {
  const address = parseInterfaceAddress(text);
  expect(address === undefined ? undefined : printInterfaceAddress(address)).toBe(printed);
});

test.each([
  ['default via 192.168.1.1', 'ipv4'],
  ['10.5.88.0/24 via 192.168.1.7 dev eth0 src 192.168.1.6 metric 5', 'ipv4'],
  ['10.5.75.1 dev eth0', 'ipv4'],
  ['default dev eth0', 'ipv4'],
  ['default via 10.0.0.1 onlink dev eth0 table 80 mtu 1400', 'ipv4'],
  ['default via fd00::1', 'ipv6'],
  ['fd01::/64 via fd00::1', 'ipv6'],
])('the route %j is accepted', (text, family) => {
  expect(parseRoute(text, ['eth0', 'lo'])).toEqual({ family, words: text.split(' ') });
});

test.each([
  ['10.5.88/24 via 10.0.0.1', 'is neither `default` nor a network'],
  ['defualt via 10.0.0.1', '"defualt" is neither `default` nor a network such as 10.5.88.0/24'],
  ['default via fd00::1 src 10.0.0.1', 'mixes IPv4 and IPv6'],
  ['10.0.0.0/8 via fd00::1', 'mixes IPv4 and IPv6'],
  ['default dev eth1', '`dev` wants one of eth0, lo'],
  ['default via', '`via` wants an address'],
  ['default metric high', '`metric` wants a number'],
  ['default via 10.0.0.1\nlink del eth0', '"link" is not one of via, dev, src, metric, table, mtu, onlink'],
])('the route %j is refused', (text, problem) => {
  expect(parseRoute(text, ['eth0', 'lo'])).toContain(problem);
});
