// A process of the lab: runs a program in a kernel host through the host's door (kernel/guest-door.ts), with its input, both its
// streams and its exit code. Arguments: the address and port of the door, then the program's words.
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 120_000;
const KNOCK_MS = 300;

const [address = '', port = '', ...words] = process.argv.slice(2);

void enter().then(pass, () => {
  process.stderr.write(`lab: the host does not answer at its door ${address}\n`);
  process.exit(255);
});

/** A host that boots lets nobody in before it is there. */
async function enter(): Promise<Socket> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const socket = await knock();
    if (socket !== undefined) return socket;
    if (Date.now() > deadline) throw new Error('no answer');
    await sleep(100);
  }
}

function knock(): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: Number(port), allowHalfOpen: true, noDelay: true });
    const giveUp = (): void => {
      socket.destroy();
      resolve(undefined);
    };
    socket.setTimeout(KNOCK_MS, giveUp).once('error', giveUp);
    socket.once('connect', () => {
      // A host whose power is cut does not say so; booted again, it knows nothing of the connection, and does.
      socket.setTimeout(0).setKeepAlive(true, 1000).off('error', giveUp);
      resolve(socket);
    });
  });
}

function pass(socket: Socket): void {
  socket.on('error', lost).on('end', lost);
  socket.write(piece(Buffer.from(words.join('\0'))));
  let arrived = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    arrived = Buffer.concat([arrived, chunk]);
    while (arrived.length >= 5 && arrived.length >= 5 + arrived.readUInt32BE(1)) {
      const end = 5 + arrived.readUInt32BE(1);
      take(socket, String.fromCharCode(arrived.readUInt8(0)), arrived.subarray(5, end));
      arrived = arrived.subarray(end);
    }
  });
  process.stdin.on('data', (chunk: Buffer) => {
    if (socket.write(piece(chunk))) return;
    process.stdin.pause();
    socket.once('drain', () => process.stdin.resume());
  });
  // Whoever read what was printed has gone, and the program goes with the connection.
  process.stdout.on('error', () => process.exit(141));
  process.stdin.on('end', () => socket.write(piece(Buffer.alloc(0))));
}

function lost(): void {
  process.stderr.write('lab: the host went away\n');
  process.exit(255);
}

function piece(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function take(socket: Socket, letter: string, bytes: Buffer): void {
  if (letter === 'o') process.stdout.write(bytes);
  if (letter === 'e') process.stderr.write(bytes);
  if (letter !== 'x') return;
  const status = bytes.readUInt32BE(0);
  // What is still to be sent nobody reads any more; what was printed may have a slow reader.
  socket
    .removeAllListeners('end')
    .removeAllListeners('error')
    .on('error', () => undefined);
  process.stdout.write('', () => {
    process.stderr.write('', () => {
      endAs(status);
    });
  });
}

/** `status`: as wait(2) gives it, the signal below, the exit code above. */
function endAs(status: number): void {
  if ((status & 127) === 0) process.exit(status >> 8);
  process.kill(process.pid, status & 127);
}
