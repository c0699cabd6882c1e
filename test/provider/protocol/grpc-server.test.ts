// The server as Terraform meets it: TLS on both sides over a private socket, any size of message, statuses.
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Client, credentials, status } from '@grpc/grpc-js';
import { afterEach, expect, test } from 'vitest';
import { type Certificate, makeCertificate } from '../../../lib/provider/protocol/certificate';
import { type RunningServer, Unserved, startServer } from '../../../lib/provider/protocol/grpc-server';

const provider = makeCertificate(new Date());
const terraform = makeCertificate(new Date());
const opened: { close(): void }[] = [];

afterEach(() => {
  for (const one of opened.splice(0).reverse()) one.close();
});

test('serves the client whose certificate it was given', async () => {
  const server = await started();
  expect(String(await call(server, terraform, '/test/Echo', Buffer.from('hello')))).toBe('hello');
});

test('carries ten megabytes in one message, both ways', async () => {
  const server = await started();
  const message = Buffer.alloc(10 * 1024 * 1024, 'x');
  expect((await call(server, terraform, '/test/Echo', message)).equals(message)).toBe(true);
});

test('lets no other client in, also one whose certificate says the same', async () => {
  const server = await started();
  const stranger = makeCertificate(new Date());
  await expect(call(server, stranger, '/test/Echo', Buffer.from('x'))).rejects.toMatchObject({
    code: status.UNAVAILABLE,
  });
});

test.each([
  ['/test/Absent', status.UNIMPLEMENTED, 'there are none'],
  ['/test/Unheard', status.UNIMPLEMENTED, 'The server does not implement the method /test/Unheard'],
  ['/test/Broken', status.INTERNAL, 'broken'],
] as const)('answers %s with status %i', async (path, code, details) => {
  const server = await started();
  await expect(call(server, terraform, path, Buffer.from('x'))).rejects.toMatchObject({ code, details });
});

test('listens where nobody else of the machine can look, and leaves nothing behind', async () => {
  const server = await started();
  const folder = dirname(server.socketPath);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  server.close();
  expect(existsSync(folder)).toBe(false);
});

async function started(): Promise<RunningServer> {
  const methods = [
    { path: '/test/Echo', call: (message: Uint8Array) => Promise.resolve(message) },
    { path: '/test/Absent', call: () => Promise.reject(new Unserved('there are none')) },
    { path: '/test/Broken', call: () => Promise.reject(new Error('broken')) },
  ];
  const server = await startServer(methods, provider, terraform.pem);
  opened.push(server);
  return server;
}

function call(server: RunningServer, as: Certificate, path: string, message: Buffer): Promise<Buffer> {
  const client = new Client(
    `unix:${server.socketPath}`,
    credentials.createSsl(Buffer.from(provider.pem), Buffer.from(as.privateKeyPem), Buffer.from(as.pem)),
    {
      'grpc.ssl_target_name_override': 'localhost',
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
    },
  );
  opened.push(client);
  const asGiven = (bytes: Buffer) => bytes;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, asGiven, asGiven, message, (error, response) => {
      if (error !== null) reject(error);
      else if (response === undefined) reject(new Error('no response'));
      else resolve(response);
    });
  });
}
