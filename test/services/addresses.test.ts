// Which addresses a network has: of both families, and of texts that are none.
import { expect, test } from 'vitest';
import { isWithin } from '../../lib/services/addresses';

test.each([
  ['10.64.3.4', '10.64.0.0/16', true],
  ['10.65.0.0', '10.64.0.0/16', false],
  ['10.63.255.255', '10.64.0.0/16', false],
  ['192.0.2.7', '192.0.2.7/32', true],
  ['192.0.2.8', '192.0.2.7/32', false],
  ['255.255.255.255', '0.0.0.0/0', true],
  ['10.64.3.4', '10.64.9.9/16', true],
  ['fd00:64::1', 'fd00:64::/48', true],
  ['fd00:65::1', 'fd00:64::/48', false],
  ['10.64.3.4', '::/0', false],
  ['fd00:64::1', '0.0.0.0/0', false],
  ['@000000000@', '10.64.0.0/16', false],
  ['10.64.3.4', '@000000000@', false],
])('%s in %s: %s', (address, network, expected) => {
  expect(isWithin(address, network)).toBe(expected);
});
