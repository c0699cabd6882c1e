// One connection per host and process, and how it is let go.
import { expect, test } from 'vitest';
import { Connections } from '../../lib/provider/connections';
import type { SshConnection, SshSettings } from '../../lib/ssh/connection';
import { unlessAborted } from '../../lib/ssh/unless-aborted';

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

test('opens a new one, and only one, where the old one was lost', async () => {
  const { connections, log, lose } = recorded();
  const first = await connections.to(GATEWAY);
  lose();
  const [second, third] = await Promise.all([connections.to(GATEWAY), connections.to(GATEWAY)]);
  expect(second).not.toBe(first);
  expect(third).toBe(second);
  expect(log).toEqual(['open root@gw', 'open root@gw']);
});

test('gives up what is being opened, and opens anew for whoever asks later', async () => {
  const signals: AbortSignal[] = [];
  const connections = new Connections((_settings, signal) => {
    signals.push(signal);
    return unlessAborted(new Promise<never>(() => undefined), signal);
  });
  const [shared, fresh] = [connections.to(GATEWAY), connections.openFresh(GATEWAY)];
  connections.close();
  const later = [connections.to(GATEWAY)];
  for (const given of [shared, fresh]) await expect(given).rejects.toThrow(/aborted/);
  later.push(connections.to(GATEWAY));
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, false]);
  connections.close();
  for (const given of later) await expect(given).rejects.toThrow(/aborted/);
});

test('closes what is open, and what has just been opened', async () => {
  const { connections, log } = recorded();
  await connections.to(GATEWAY);
  void connections.to({ ...GATEWAY, user: 'admin' });
  connections.close();
  await expect.poll(() => log).toEqual(['open root@gw', 'open admin@gw', 'close root@gw', 'close admin@gw']);
});

test('opens a fresh one for each who asks, beside the shared one and with its own end', async () => {
  const { connections, log } = recorded();
  const shared = await connections.to(GATEWAY);
  const fresh = await connections.openFresh(GATEWAY);
  const another = await connections.openFresh(GATEWAY);
  expect(new Set([shared, fresh, another]).size).toBe(3);
  expect(await connections.to(GATEWAY)).toBe(shared);
  fresh.close();
  expect(log).toEqual(['open root@gw', 'open root@gw', 'open root@gw', 'close root@gw']);
});

test('a fresh one that cannot be opened is told to whoever asked', async () => {
  const { connections } = recorded({ failures: 1 });
  await expect(connections.openFresh(GATEWAY)).rejects.toThrow('no route');
  await expect(connections.openFresh(GATEWAY)).resolves.toMatchObject({ name: 'root@gw', isOpen: true });
});

test('closes fresh ones too, open or still being opened, and none twice', async () => {
  const { connections, log } = recorded();
  const closedBefore = await connections.openFresh({ ...GATEWAY, user: 'first' });
  await connections.openFresh({ ...GATEWAY, user: 'second' });
  void connections.openFresh({ ...GATEWAY, user: 'third' });
  closedBefore.close();
  connections.close();
  await expect
    .poll(() => log.filter((line) => line.startsWith('close')))
    .toEqual(['close first@gw', 'close second@gw', 'close third@gw']);
});

interface Recorded {
  readonly connections: Connections;
  readonly log: string[];
  /** Every connection that is there is lost. */
  readonly lose: () => void;
}

function recorded({ failures = 0 } = {}): Recorded {
  const log: string[] = [];
  let losses = 0;
  let left = failures;
  const connect = ({ address, user }: SshSettings): Promise<SshConnection> => {
    const name = `${user}@${address}`;
    log.push(`open ${name}`);
    left -= 1;
    if (left >= 0) return Promise.reject(new Error('no route'));
    const lossesBefore = losses;
    return Promise.resolve({
      name,
      get isOpen() {
        return losses === lossesBefore;
      },
      start: () => Promise.reject(new Error('not here')),
      forward: () => Promise.reject(new Error('not here')),
      close: () => {
        log.push(`close ${name}`);
      },
    });
  };
  const lose = (): void => {
    losses += 1;
  };
  return { connections: new Connections(connect), log, lose };
}
