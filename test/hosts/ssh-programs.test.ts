import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../lib/ssh/connect';
import type { SshConnection } from '../../lib/ssh/connection';
import { startSshServer, type SshServer } from './fixtures/ssh-server';

let server: SshServer;
let connection: SshConnection;

beforeAll(async () => {
  server = await startSshServer();
  connection = await connect({
    address: server.address,
    port: server.port,
    user: 'root',
    privateKeyPath: server.clientKeyPath,
    hostKey: server.hostKey(),
  });
});

afterAll(async () => {
  connection.close();
  await server.stop();
});

test('a program prints on both streams and ends with its exit code', async () => {
  const program = await connection.start({
    step: 'read',
    body: 'echo out; echo err >&2; return 3',
    timeoutSeconds: 10,
  });
  expect(await program.result).toEqual({
    host: connection.name,
    step: 'read',
    exitCode: 3,
    stdout: 'out\n',
    stderr: 'err\n',
  });
});
