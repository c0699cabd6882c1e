// How a probe that did not pass is told.
import { expect, test } from 'vitest';
import { printProbeFailure } from '../../../lib/converge/probes/failure';
import type { Probe } from '../../../lib/model/probe';

const TCP: Probe = { kind: 'tcp', address: '2001:db8::1', port: 443, from: 'client', timeoutSeconds: 5 };
const HTTP: Probe = { kind: 'http', url: 'http://192.0.2.1/', from: 'host', timeoutSeconds: 2 };
const COMMAND: Probe = { kind: 'command', command: ['curl', '-sf', 'a b'], timeoutSeconds: 5 };

test.each([
  [TCP, 'refused', 10, 'probes[0], tcp [2001:db8::1]:443 from the client: refused (10 tries within 5 s)'],
  [TCP, 'no answer within 5 s', 1, 'probes[0], tcp [2001:db8::1]:443 from the client: no answer within 5 s'],
  [
    HTTP,
    'status 503, not 200 to 399',
    4,
    'probes[0], http http://192.0.2.1/ from the host: status 503, not 200 to 399 (4 tries within 2 s)',
  ],
  [
    COMMAND,
    'exit code 7; it said last:\ncurl: (7) refused',
    2,
    'probes[0], command curl -sf "a b": exit code 7; it said last: (2 tries within 5 s)\ncurl: (7) refused',
  ],
] as const)('%o that failed by %s', (probe, reason, tries, expected) => {
  expect(printProbeFailure({ index: 0, probe, reason, tries })).toBe(expected);
});
