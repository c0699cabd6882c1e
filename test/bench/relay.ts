// A way to a lab host's SSH server that counts what passes: a port of 127.0.0.1. Used by the benchmark and by tests.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import type { Traffic } from './traffic';

export interface CountingRelay {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Ends its connections and takes no new ones. */
  close(): void;
}

export async function openCountingRelay(toPort: number, traffic: Traffic): Promise<CountingRelay> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const host = connect(toPort, '127.0.0.1');
    const connection = traffic.connect();
    client.on('data', (piece: Buffer) => {
      connection.fromClient(piece.length);
    });
    host.on('data', (piece: Buffer) => {
      connection.fromHost(piece.length);
    });
    client.pipe(host).pipe(client);
    for (const [end, other] of [
      [client, host],
      [host, client],
    ] as const) {
      sockets.add(end.setNoDelay());
      end.on('error', () => undefined);
      end.on('close', () => {
        sockets.delete(end);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port on 127.0.0.1');
  return {
    port: address.port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
