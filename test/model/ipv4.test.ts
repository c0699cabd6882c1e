// IPv4 addresses as numbers: what is one, and nothing else.
import { expect, test } from 'vitest';
import { ipv4Number } from '../../lib/model/ipv4';

test.each([
  ['0.0.0.0', 0],
  ['10.96.0.10', 0x0a60000a],
  ['255.255.255.255', 0xffffffff],
  ['256.0.0.1', undefined],
  ['10.0.0.256', undefined],
  ['10.0.0.01', undefined],
  ['10.0.0', undefined],
  ['10.0.0.1.2', undefined],
  ['10.0.0.', undefined],
  ['10..0.1', undefined],
  [' 10.0.0.1', undefined],
  ['10.0.0.1\n', undefined],
  ['0x0a.0.0.1', undefined],
  ['10.0.0.1000', undefined],
  ['fd00::1', undefined],
  ['', undefined],
])('%j is the address %j', (text, number) => {
  expect(ipv4Number(text)).toBe(number);
});
