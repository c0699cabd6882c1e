// The private folder of a provider's socket, and what is left of those whose provider was killed. Used by grpc-server.ts and serve.ts.
import { mkdtempSync } from 'node:fs';
import { lstat, readdir, rmdir, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'gatewright-provider-';
const SOCKET = 'provider.sock';

/** A provider makes its folder, then the socket, and then listens: all within this time. */
const STARTING_MS = 60_000;

/** A new folder for its owner alone, and the path of the socket in it. */
export function makeSocketFolder(): { readonly folder: string; readonly socketPath: string } {
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  return { folder, socketPath: join(folder, SOCKET) };
}

/** Removes what killed providers of this user left. It is a courtesy, so nothing that goes wrong is an error. */
export async function sweepSocketFolders(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  const folders = names.filter((name) => name.startsWith(PREFIX)).map((name) => join(tmpdir(), name));
  await Promise.all(folders.map((folder) => sweep(folder).catch(() => undefined)));
}

// Not recursively: whoever else may write into the temporary folder must not lead us to anything but a socket.
async function sweep(folder: string): Promise<void> {
  const socketPath = join(folder, SOCKET);
  const [owner, socket] = [await lstat(folder), await lstat(socketPath)];
  const isOurs = owner.isDirectory() && owner.uid === process.getuid?.() && socket.isSocket();
  if (!isOurs || Date.now() - socket.mtimeMs < STARTING_MS || !(await isAbandoned(socketPath))) return;
  await unlink(socketPath);
  await rmdir(folder);
}

/** The kernel's own word, good across PID namespaces: nobody listens on a socket that refuses. */
function isAbandoned(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error) => {
      resolve('code' in error && error.code === 'ECONNREFUSED');
    });
  });
}
