// Every kind of step and every disposition appears in some trace.
import { expect, test } from 'vitest';
import { leave, walkFromDevice } from '../../lib/simulate/journey';
import { NO_DEVICE } from '../../lib/simulate/packet';
import { routesOf } from '../../lib/simulate/routes';
import { readVirtualServers } from '../../lib/simulate/surroundings';
import { chainSteps, dispositionOf } from '../../lib/simulate/trace';
import type { Trace } from '../../lib/simulate/trace';
import { packetOf, surroundings } from './packets';

function walk(lines: readonly string[], to = '192.0.2.6:22'): Trace {
  return walkFromDevice(packetOf(`tcp 198.51.100.7:1024 -> ${to}`), {
    ...surroundings(lines),
    routeOf: routesOf([{ network: '10.1.0.0/24', device: 'eth1' }]),
    ipvs: { servers: readVirtualServers('-A -t 192.0.2.6:80 -s rr'), isTracked: 'yes' },
  });
}

const TRACES: readonly Trace[] = [
  walk([]),
  walk([], '10.1.0.9:22'),
  walk([], '203.0.113.9:22'),
  walk([], '192.0.2.6:80'),
  walk(['filter INPUT -p tcp', 'filter INPUT -j DROP']),
  walk(['filter INPUT -j REJECT']),
  walk(['filter INPUT -j A', 'filter A -j A']),
  walk(['filter INPUT -g A', 'filter A -j RETURN']),
  walk(['filter INPUT -j ACCEPT']),
  walk(['nat PREROUTING -j DNAT --to-destination 10.1.0.9']),
  walk(['filter INPUT -j QUEUE', 'filter INPUT -j DROP']),
  leave(packetOf('tcp 192.0.2.6:1024 -> 10.1.0.9:22', { inDevice: NO_DEVICE }), surroundings([])),
];

test('every disposition', () => {
  expect(new Set(TRACES.map(dispositionOf))).toEqual(
    new Set(['delivered', 'forwarded', 'no-route', 'rejected', 'dropped', 'loop', 'unknown', 'sent']),
  );
});

test('every kind of step', () => {
  const kinds = new Set(TRACES.flatMap(({ steps }) => steps.map(({ kind }) => kind)));
  expect(kinds).toEqual(new Set(['rule', 'policy', 'routing', 'virtual-server']));
});

test('all that a rule may do', () => {
  expect(new Set(TRACES.flatMap(chainSteps).map(({ did }) => did))).toEqual(
    new Set([
      ...['accepted', 'dropped', 'rejected', 'return', 'jump', 'goto', 'pass', 'translated', 'unknown'],
    ]),
  );
});
