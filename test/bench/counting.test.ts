import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { openCountingRelay } from './relay';
import { readTraces } from './traces';
import { Traffic } from './traffic';

test('a round trip is counted where the client speaks first, or after the host did', () => {
  const traffic = new Traffic();
  const one = traffic.connect();
  one.fromHost(10);
  one.fromClient(1);
  one.fromClient(1);
  one.fromHost(100);
  one.fromClient(1);
  traffic.connect().fromClient(5);
  expect(traffic.count).toEqual({ connections: 2, bytes: 118, roundTrips: 3 });
  traffic.reset();
  one.fromHost(1);
  expect(traffic.count).toEqual({ connections: 0, bytes: 1, roundTrips: 0 });
});

test('a relay passes on what it counts', async () => {
  const echo = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const address = echo.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const traffic = new Traffic();
  const relay = await openCountingRelay(address.port, traffic);
  const client = connect(relay.port, '127.0.0.1');
  for (const word of ['one', 'three']) {
    client.write(word);
    expect(String(await once(client, 'data'))).toBe(word);
  }
  expect(traffic.count).toEqual({ connections: 1, bytes: 16, roundTrips: 2 });
  relay.close();
  await once(client, 'close');
  echo.close();
});

test('traces are found by their name among other lines of the log', () => {
  const log = [
    '2026-01-01T00:00:00.000Z [DEBUG] provider.terraform-provider-gatewright_v0.1.0: gatewright trace: own part 812.5',
    '2026-01-01T00:00:00.000Z [DEBUG] provider: gatewright trace: own part of another 1.0',
    'own part 3',
    '2026-01-01T00:00:01.000Z [DEBUG] provider: gatewright trace: own part 7',
  ].join('\n');
  expect(readTraces(log, 'own part')).toEqual([812.5, 7]);
});
