// What converge is given of a host's probes.
import { expect, test } from 'vitest';
import { probesOf } from '../../lib/provider/declared-probes';
import { host } from '../../lib/provider/schema/host';
import { UNKNOWN_MARK } from '../../lib/provider/protocol/wire-type';
import { type Block, hostBlock, probeBlock } from './blocks';

test.each<[string, readonly Block[] | null, readonly object[]]>([
  ['none', null, []],
  [
    'a command',
    [{ kind: 'command', command: ['curl', '-sf'] }],
    [{ kind: 'command', command: ['curl', '-sf'], timeoutSeconds: 5 }],
  ],
  [
    'a port, seen from the host by default',
    [{ kind: 'tcp', address: 'gw', port: 80, timeout_seconds: 9 }],
    [{ kind: 'tcp', address: 'gw', port: 80, from: 'host', timeoutSeconds: 9 }],
  ],
  [
    'URLs, one with a status',
    [
      { kind: 'http', url: 'http://gw', from: 'client' },
      { kind: 'http', url: 'http://gw', status: 404, from: 'host' },
    ],
    [
      { kind: 'http', url: 'http://gw', from: 'client', timeoutSeconds: 5 },
      { kind: 'http', url: 'http://gw', status: 404, from: 'host', timeoutSeconds: 5 },
    ],
  ],
  [
    'what is not known yet',
    [
      { kind: UNKNOWN_MARK },
      { kind: 'tcp', address: UNKNOWN_MARK, port: 80 },
      { kind: 'http', url: UNKNOWN_MARK },
      { kind: 'command', command: ['test', UNKNOWN_MARK] },
    ],
    [],
  ],
])('probes of a host: %s', (_name, probes, expected) => {
  const block = hostBlock({ probes: probes === null ? null : probes.map(probeBlock) });
  const decoded = host.decode(block, []);
  expect(decoded.kind === 'known' ? probesOf(decoded.value) : decoded).toEqual(expected);
});
