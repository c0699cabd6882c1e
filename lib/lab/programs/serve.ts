// A process of the lab: answers, on each port of one host, with the host's name and the address that it was asked from.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';

const [name = '', ...servers] = process.argv.slice(2);

// `::` takes IPv4 too; a machine without IPv6 has only 0.0.0.0.
const ANY_ADDRESS = ['::', '0.0.0.0'];

Promise.all(
  servers.map((server) => {
    const [protocol, port] = server.split(':');
    return protocol === 'udp' ? serveUdp(Number(port)) : serveHttp(Number(port));
  }),
).then(
  () => process.stdout.write('ready\n'),
  (cause: unknown) => {
    console.error(cause);
    process.exit(1);
  },
);

async function serveHttp(port: number, [host, ...others] = ANY_ADDRESS): Promise<void> {
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/plain');
    response.setHeader('Connection', 'close');
    response.end(answer(request.socket.remoteAddress));
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host, backlog: 1024 }, resolve);
    });
  } catch (cause) {
    if (others.length === 0) throw cause;
    await serveHttp(port, others);
  }
}

async function serveUdp(port: number, [host, ...others] = ANY_ADDRESS): Promise<void> {
  const socket = createSocket(host === '::' ? 'udp6' : 'udp4');
  socket.on('message', (_message, from) => {
    socket.send(answer(from.address), from.port, from.address);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(port, host, resolve);
    });
    socket.on('error', (cause) => {
      console.error(cause);
    });
  } catch (cause) {
    if (others.length === 0) throw cause;
    await serveUdp(port, others);
  }
}

function answer(asker: string | undefined): string {
  return `${name} ${asker?.replace(/^::ffff:/, '') ?? 'unknown'}\n`;
}
