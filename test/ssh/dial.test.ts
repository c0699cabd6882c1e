// A way to a host that is no way: how its end is told, also where it came before anybody asked.
import { createServer, createConnection } from 'node:net';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { dial, type Route } from '../../lib/ssh/dial';
import { listen } from '../hosts/fixtures/listen';

const ROUTE: Route = {
  name: 'root@gw:22',
  address: 'gw',
  port: 22,
  user: 'root',
  policy: { algorithms: ['ssh-ed25519'], refuse: () => undefined },
  credentials: { tries: [{ kind: 'password', label: 'password', password: 'x' }], skipped: [] },
  timeoutSeconds: 10,
};

const REFUSED = new Error('connect ECONNREFUSED 192.0.2.1:22');

test.each([
  ['an error', REFUSED, 'root@gw:22 cannot be reached: connect ECONNREFUSED 192.0.2.1:22'],
  [
    'one error for each address of a name',
    new AggregateError([REFUSED, new Error('connect ENETUNREACH 2001:db8::1:22')]),
    'root@gw:22 cannot be reached: connect ECONNREFUSED 192.0.2.1:22; connect ENETUNREACH 2001:db8::1:22',
  ],
  ['no reason', undefined, 'root@gw:22 cannot be reached: the host closed the connection'],
])('a way that ended by %s before the dialling is told at once', async (_name, error, message) => {
  const way = new Duplex({ read: () => undefined, write: () => undefined }).on('error', () => undefined);
  way.destroy(error);
  await expect(dial(ROUTE, way)).rejects.toMatchObject({ code: 'unreachable', step: 'connect', message });
});

test('a server that closes before it says anything is told at once, though nobody listened yet', async () => {
  const server = createServer((socket) => socket.end());
  const way = createConnection(await listen(server), '127.0.0.1');
  await once(way, 'connect');
  await expect(dial(ROUTE, way)).rejects.toMatchObject({ code: 'unreachable' });
  server.close();
});
