// A process of the lab: takes connections on a port of the machine and passes them on to one host's SSH server. It runs in
// the network that the host is reached from, and is handed the listening socket, which belongs to the machine's network.
import { connect, Server } from 'node:net';
import type { Socket } from 'node:net';

const [address = '127.0.0.1'] = process.argv.slice(2);

process.once('message', (_message, listener) => {
  if (!(listener instanceof Server)) throw new Error('the relay was handed no listening socket');
  listener.on('connection', relay);
  process.send?.('listening');
});

function relay(client: Socket): void {
  const server = connect({ host: address, port: 22, allowHalfOpen: true });
  client.setNoDelay(true);
  server.setNoDelay(true);
  // Each end of stream is passed on; an error on one side breaks the other.
  client.pipe(server);
  server.pipe(client);
  client.on('error', () => server.destroy());
  server.on('error', () => client.destroy());
  client.on('close', () => server.destroy());
}
