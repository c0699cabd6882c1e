// One connection per host and process, and how it is let go.
import { expect, test } from 'vitest';
import { Connections } from '../../lib/provider/connections';
import type { SshConnection, SshSettings } from '../../lib/ssh/connection';

const GATEWAY: SshSettings = { address: 'gw', port: 22, user: 'root' };

test('gives everybody on one host the same connection, whatever the order of its settings', async () => {
  const { connections, log } = recorded();
  const [first, second] = await Promise.all([
    connections.to(GATEWAY),
    connections.to({ user: 'root', port: 22, address: 'gw' }),
  ]);
  expect(first).toBe(second);
  expect(log).toEqual(['open root@gw']);
});

test('keeps hosts, and users of one host, apart', async () => {
  const { connections, log } = recorded();
  await connections.to(GATEWAY);
  await connections.to({ ...GATEWAY, address: 'other' });
  await connections.to({ ...GATEWAY, user: 'admin' });
  expect(log).toEqual(['open root@gw', 'open root@other', 'open admin@gw']);
});

test('tries anew after a failure', async () => {
  const { connections, log } = recorded({ failures: 1 });
  await expect(connections.to(GATEWAY)).rejects.toThrow('no route');
  await expect(connections.to(GATEWAY)).resolves.toMatchObject({ name: 'root@gw' });
  expect(log).toEqual(['open root@gw', 'open root@gw']);
});

test('closes what is open and what is still being opened', async () => {
  const { connections, log } = recorded();
  await connections.to(GATEWAY);
  void connections.to({ ...GATEWAY, user: 'admin' });
  connections.close();
  await expect.poll(() => log).toEqual(['open root@gw', 'open admin@gw', 'close root@gw', 'close admin@gw']);
});

function recorded({ failures = 0 } = {}): { connections: Connections; log: string[] } {
  const log: string[] = [];
  let left = failures;
  const connect = ({ address, user }: SshSettings): Promise<SshConnection> => {
    const name = `${user}@${address}`;
    log.push(`open ${name}`);
    left -= 1;
    if (left >= 0) return Promise.reject(new Error('no route'));
    return Promise.resolve({
      name,
      start: () => Promise.reject(new Error('not here')),
      close: () => {
        log.push(`close ${name}`);
      },
    });
  };
  return { connections: new Connections(connect), log };
}
