// A peer that vanishes without a word, in each phase: noticed within a bounded time, with what was under way.
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../lib/ssh/connect';
import { refusalOf } from './fixtures/refusal';
import { startRelay } from './fixtures/relay';
import { startSshServer, type SshServer } from './fixtures/ssh-server';
import { listen } from './fixtures/listen';

let server: SshServer;

beforeAll(async () => {
  server = await startSshServer();
});

afterAll(async () => {
  await server.stop();
});

test.each([
  ['the first byte', 0, 'connect'],
  ['the greeting', 20, 'connect'],
  ['the handshake', 1500, 'authenticate'],
])('silence after %s ends a login within its time', async (_phase, bytes, step) => {
  const relay = await startRelay(server.settings.port, { after: bytes, how: 'freeze' });
  const settings = { ...server.settings, port: relay.port, connectTimeoutSeconds: 1 };
  expect(await refusalOf(connect(settings, server.environment))).toMatchObject({ code: 'timed-out', step });
  relay.stop();
});

test('a server that takes the connection and never greets ends a login within its time', async () => {
  const silent = createServer();
  const port = await listen(silent);
  const settings = { ...server.settings, port, connectTimeoutSeconds: 1 };
  expect((await refusalOf(connect(settings, server.environment))).code).toBe('timed-out');
  silent.close();
});

test('silence in mid-program is noticed within 45 seconds, long before the program’s own limit', async () => {
  const relay = await startRelay(server.settings.port);
  const connection = await connect({ ...server.settings, port: relay.port }, server.environment);
  const running = await connection.start({
    step: 'apply',
    body: 'echo running; sleep 600',
    timeoutSeconds: 300,
  });
  await running.readUntil('running');
  const begun = performance.now();
  relay.freeze();
  const forwarded = refusalOf(connection.forward('127.0.0.1', server.settings.port, 1));
  expect(await refusalOf(running.result)).toMatchObject({ code: 'connection-lost', step: 'apply' });
  expect(performance.now() - begun).toBeLessThan(45_000);
  expect((await forwarded).code).toBe('timed-out');
  expect(connection.isOpen).toBe(false);
  connection.close();
  relay.stop();
}, 60_000);
